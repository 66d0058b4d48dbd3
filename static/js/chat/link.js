/**
 * The way to the server: asks for a ticket, opens a socket with it, and does so
 * again when it is lost, as the close code says, until told to stop or out of
 * tries.
 */

import { postJson } from '../lib/http.js';
import { shape, text } from '../lib/shape.js';
import { createTimer } from '../lib/timer.js';
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
 * @property {(code: ProblemCode, caseCode: string | null) => void} onGivenUp
 */

/** @param {Platform} platform @param {LinkEvents} events */
export function createLink(platform, events) {
  const redial = createTimer(platform);
  /** @type {ReturnType<typeof openSocket> | null} */
  let socket = null;
  /** Counts calls of `dial` and `stop`: an answer to an older one is void. */
  let turn = 0;
  let active = false;
  let ready = false;
  let readyAt = 0;
  let failures = 0;
  /** @type {string | null} */
  let resumeToken = null;

  const stop = () => {
    turn += 1;
    active = false;
    ready = false;
    redial.stop();
    socket?.close();
    socket = null;
  };

  const dial = async () => {
    turn += 1;
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
    socket = openSocket(platform, ticket, {
      onHello(hello) {
        ready = true;
        readyAt = platform.now();
        events.onReady(hello);
      },
      onFrame: events.onFrame,
      onRecords: events.onRecords,
      onClose(code) {
        socket = null;
        closed(verdictOnClose(code));
      },
    });
  };

  /** @param {Verdict} verdict */
  const closed = (verdict) => {
    const lost = ready;
    ready = false;
    if (lost && platform.now() - readyAt >= SOCKET.backoff.most) {
      failures = 0;
    }
    proceed(verdict, null);
    if (lost && active) {
      events.onLost();
    }
  };

  /** @param {Refusal} refusal */
  const refused = (refusal) => proceed(verdictOnRefusal(refusal), refusal.caseCode);

  /** @param {Verdict} verdict @param {string | null} caseCode */
  const proceed = (verdict, caseCode) => {
    failures += 1;
    if (verdict.kind === 'stop') {
      giveUp(verdict.code, caseCode);
    } else if (failures >= SOCKET.tries) {
      giveUp('unreachable', null);
    } else {
      redial.start(delayOf(verdict, failures, platform.random()), dial);
    }
  };

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
