/**
 * The way to the server: asks for a ticket, opens a socket with it, and does so
 * again when it is lost, as the close code says, until told to stop or out of
 * tries. It does not run out of tries while somebody waits for us.
 */

import { postJson } from '../lib/http.js';
import { shape, text } from '../lib/shape.js';
import { createTimer } from '../lib/timer.js';
import { createBlockade } from './blockade.js';
import { delayOf, verdictOnClose, verdictOnRefusal } from './closing.js';
import { SOCKET } from './policy.js';
import { openSocket } from './socket.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { Refusal } from '../lib/http.js' */
/** @import { Verdict } from './closing.js' */
/** @import { ClientFrame } from './frames.js' */
/** @import { SocketEvents, Ticket } from './socket.js' */
/** @import { Platform, ProblemCode } from './types.js' */

const TICKETS = '/api/v1/realtime/tickets';

/**
 * @typedef {object} LinkEvents
 * @property {SocketEvents['onHello']} onReady
 * @property {SocketEvents['onFrame']} onFrame
 * @property {SocketEvents['onRecords']} onRecords
 * @property {() => void} onLost a socket that was ready is gone; another is on its way
 * @property {(blocked: boolean) => void} onBlocked the site answers, but no socket opens
 * @property {() => boolean} patient whether to go on trying however often it fails
 * @property {(code: ProblemCode, caseCode: string | null) => void} onGivenUp
 */

/** @param {Platform} platform @param {LinkEvents} events */
export function createLink(platform, events) {
  const redial = createTimer(platform);
  const blockade = createBlockade(platform, events.onBlocked);
  /** @type {ReturnType<typeof openSocket> | null} */
  let socket = null;
  /** Counts calls of `dial` and `stop`: an answer to an older one is void. */
  let turn = 0;
  let active = false;
  let ready = false;
  let readyAt = 0;
  let dialedAt = 0;
  /** whether to try sooner when the page hears of a network: the server did not object */
  let mayHurry = true;
  let failures = 0;
  /** @type {string | null} */
  let resumeToken = null;

  const hangUp = () => {
    turn += 1;
    ready = false;
    redial.stop();
    socket?.close();
    socket = null;
  };

  const stop = () => {
    hangUp();
    active = false;
    blockade.clear();
  };

  const dial = async () => {
    hangUp();
    dialedAt = platform.now();
    mayHurry = true;
    const ours = turn;
    const answer = await askForTicket(platform, resumeToken);
    if (ours === turn) {
      useAnswer(answer);
    }
  };

  /** @param {Ticket | Refusal} answer */
  const useAnswer = (answer) => ('ticket' in answer ? open(answer) : refused(answer));

  /** @param {Ticket} ticket */
  const open = (ticket) => {
    let opened = false;
    blockade.trying();
    socket = openSocket(platform, ticket, {
      onOpen() {
        opened = true;
        blockade.clear();
      },
      onHello(hello) {
        ready = true;
        readyAt = platform.now();
        events.onReady(hello);
      },
      onFrame: events.onFrame,
      onRecords: events.onRecords,
      onClose(code) {
        socket = null;
        if (!opened) {
          blockade.unopened();
        }
        closed(verdictOnClose(code));
      },
    });
  };

  /** @param {Verdict} verdict */
  const closed = (verdict) => {
    const lost = ready;
    ready = false;
    if (lost && platform.now() - readyAt >= SOCKET.steadyMs) {
      failures = 0;
    }
    proceed(verdict, null);
    if (lost && active) {
      events.onLost();
    }
  };

  /** @param {Refusal} refusal */
  const refused = (refusal) => {
    blockade.clear();
    proceed(verdictOnRefusal(refusal), refusal.caseCode);
  };

  /** @param {Verdict} verdict @param {string | null} caseCode */
  const proceed = (verdict, caseCode) => {
    failures += 1;
    if (verdict.kind === 'stop') {
      giveUp(verdict.code, caseCode);
    } else if (failures >= SOCKET.tries && !keepsTrying()) {
      giveUp('unreachable', null);
    } else {
      mayHurry = verdict.after === 'network';
      redial.start(delayOf(verdict, failures, platform.random()), dial);
    }
  };

  const keepsTrying = () => events.patient() || blockade.stands || !platform.online();

  /** @param {ProblemCode} code @param {string | null} caseCode */
  const giveUp = (code, caseCode) => {
    stop();
    events.onGivenUp(code, caseCode);
  };

  return {
    get ready() {
      return ready;
    },

    /** Get and keep a socket. */
    start() {
      if (!active) {
        active = true;
        failures = 0;
        void dial();
      }
    },

    stop,

    /** Leave this socket for a new one. */
    renew: dial,

    /** The page came back to life, or the network changed: see whether all is well. */
    wake() {
      if (ready) {
        socket?.probe();
      } else if (active && mayHurry && platform.now() - dialedAt >= SOCKET.wakeMs) {
        void dial();
      }
    },

    /** @param {string | null} token goes along when a lost socket is replaced */
    remember(token) {
      resumeToken = token;
    },

    /** @param {ClientFrame} frame goes nowhere while there is no socket */
    send: (frame) => socket?.send(frame),

    /** @param {Bytes} bytes goes nowhere while there is no socket */
    sendBytes: (bytes) => socket?.sendBytes(bytes),
  };
}

/** A 2xx answer without a ticket in it: not this API. @type {Refusal} */
const NO_TICKET = {
  ok: false,
  status: 400,
  code: 'unknown',
  detail: '',
  retryAfterSeconds: null,
  caseCode: null,
};

/**
 * @param {Platform} platform
 * @param {string | null} resumeToken
 * @returns {Promise<Ticket | Refusal>}
 */
async function askForTicket(platform, resumeToken) {
  const body = resumeToken === null ? {} : { resume_token: resumeToken };
  const answer = await postJson(platform, TICKETS, body);
  if (!answer.ok) {
    return answer;
  }
  return isTicket(answer.data) ? answer.data : NO_TICKET;
}

const isTicketShaped = shape({ ticket: text, url: text });

/** @param {unknown} data @returns {data is Ticket} */
function isTicket(data) {
  return isTicketShaped(data);
}
