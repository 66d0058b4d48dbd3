/**
 * One conversation, from `conversation.matched` to its end: handshake, then text
 * channel, ladder and call. Everything it takes runs one after another; a job
 * that throws ends it with `integrity`, and nothing of that job is shown.
 *
 * It outlives its socket. While that is away nothing is said; the next one begins
 * with `resume`, and what the relay answers tells where to go on.
 */

import { fromBase64url } from '../lib/bytes.js';
import { createSerial } from '../lib/serial.js';
import { createCalling } from './calling.js';
import { createChannel } from './channel.js';
import { createConsent } from './consent.js';
import { ensure } from './integrity.js';
import { otherRole } from './key_schedule.js';
import { beginningLadder, isAbove } from './ladder.js';
import { createReader } from './lines.js';
import { createPresence } from './presence.js';
import { safetyCode } from './safety_code.js';
import { createSecuring } from './securing.js';
import { createSpeech } from './speech.js';
import { createTyping } from './typing.js';
import { unreachable } from './wire.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { CallIdentity } from './certificate.js' */
/**
 * @import { ClientFrame, Commit, Confirm, ErrorFrame, IceServers, LadderState, Leave,
 *   Matched, Reveal, RouteState, Signal, Typing } from './frames.js'
 */
/** @import { Secured } from './handshake.js' */
/** @import { Pace } from './outbox.js' */
/** @import { PresenceFrame } from './presence.js' */
/** @import { ServerRecord } from './records.js' */
/** @import { StateEvent } from './state.js' */
/** @import { Suite } from './suites.js' */
/** @import { Farewell, Platform } from './types.js' */
/** @import { NoticeCode } from './words.js' */

/**
 * @typedef {Commit | Reveal | Confirm | Signal | LadderState | RouteState | Typing
 *   | IceServers | PresenceFrame} ConversationFrame
 */

/**
 * @typedef {object} ConversationOptions
 * @property {Platform} platform
 * @property {SubtleCrypto} subtle
 * @property {readonly Suite[]} suites
 * @property {Pace} pace
 * @property {Matched} matched
 * @property {ReturnType<typeof import('./media.js').createMedia>} media
 * @property {(frame: ClientFrame) => void} send
 * @property {(leave: Leave) => void} sendLeave now, or as soon as there is a socket
 * @property {(bytes: Bytes) => void} sendBytes
 * @property {ReturnType<typeof import('./contact.js').createContact>} contact
 * @property {(event: StateEvent) => void} dispatch
 * @property {(code: NoticeCode) => void} notice
 * @property {() => void} onResumed
 * @property {() => void} onUnanswered nothing was acknowledged for too long
 * @property {() => void} onIntegrity a check failed; the conversation has been left
 */

/** @typedef {ReturnType<typeof createConversation>} Conversation */

/** @param {ConversationOptions} options */
export function createConversation(options) {
  const { platform, subtle, matched, media, dispatch, notice } = options;
  const { conversation, role } = matched;
  const ladderRef = `ladder ${conversation}`;
  const read = createReader(role);
  /** @type {ReturnType<typeof createChannel> | null} */
  let channel = null;
  let closed = false;

  /** @param {ClientFrame} frame */
  const send = (frame) => {
    if (presence.here() && !closed) {
      options.send(frame);
    }
  };

  const inTurn = createSerial(() => fail());
  /** @param {() => void | Promise<void>} job */
  const run = (job) => inTurn(() => (closed ? undefined : job()));

  const typing = createTyping({
    platform,
    send: (active) => send({ type: 'typing', conversation, active }),
    onPartner: (active) => dispatch({ type: 'typing', active }),
  });
  const consent = createConsent({
    beginning: matched.ladder,
    media,
    now: platform.now,
    send: (move) => send({ ...move, id: ladderRef, conversation }),
    onLadder: (ladder) => dispatch({ type: 'ladder', ladder }),
    onStep: (step) => calling.update(step),
    onNotice: notice,
  });

  const calling = createCalling({
    platform,
    matched,
    media,
    send,
    dispatch,
    notice,
    onIntegrity: () => fail(),
  });

  const presence = createPresence(
    { ...options, run },
    { channel: () => channel, typing, consent, calling },
  );

  const say = createSpeech({
    now: platform.now,
    write: (item) => channel?.write(item) ?? false,
    onLine(line) {
      typing.sent();
      dispatch({ type: 'line', line });
    },
    onNotice: notice,
  });

  const close = () => {
    closed = true;
    securing.close();
    typing.close();
    consent.close();
    channel?.close();
    calling.end();
  };

  /** @param {Leave['reason']} reason @param {Farewell} [farewell] */
  const leave = (reason, farewell) => {
    const parting = farewell ? { farewell } : {};
    const elsewhere = presence.here() ? {} : { resume_token: matched.resume_token };
    if (!closed) {
      const said = { conversation, reason, ...parting, ...elsewhere };
      options.sendLeave({ type: 'conversation.leave', ...said });
    }
    close();
  };

  const fail = () => {
    if (!closed) {
      leave('integrity');
      options.onIntegrity();
    }
  };

  const securing = createSecuring({
    platform,
    subtle,
    suites: options.suites,
    matched,
    send,
    onSecured: (secured, identity) => (closed ? undefined : open(secured, identity)),
    onTimeout: fail,
  });

  /** @param {Secured} secured @param {CallIdentity} identity */
  const open = (secured, identity) => {
    channel = createChannel({
      platform,
      subtle,
      conversation: fromBase64url(conversation),
      slot: matched.slot,
      kid: matched.kid,
      role,
      partnerRole: otherRole(role),
      secured,
      pace: options.pace,
      run,
      send: options.sendBytes,
      onMessage(message) {
        typing.partner(false);
        dispatch({ type: 'line', line: read(message, platform.now()) });
      },
      onProgress: (keys, state) => dispatch({ type: 'progress', keys, state }),
      onUnanswered: options.onUnanswered,
    });
    dispatch({ type: 'secured', safetyCode: safetyCode(secured.sas) });
    calling.open(secured.partnerFingerprint, identity, consent.ceiling());
  };

  /** @param {ConversationFrame} frame @returns {void | Promise<void>} */
  const handle = (frame) => {
    switch (frame.type) {
      case 'e2e.commit':
      case 'e2e.reveal':
      case 'e2e.confirm':
        return securing.take(frame);
      case 'signal':
        return calling.signal(frame);
      case 'ladder.state':
        return consent.news(frame);
      case 'route.state':
        return calling.rerouted(frame);
      case 'typing':
        return typing.partner(frame.active && channel !== null);
      case 'ice.servers':
        return calling.servers(frame.ice_servers);
      case 'partner.away':
      case 'partner.back':
      case 'conversation.resumed':
        return presence.take(frame);
      default:
        return unreachable(frame);
    }
  };

  /** @param {ServerRecord} record */
  const takeRecord = (record) => {
    ensure(channel || record.slot !== matched.slot, 'R1', 'before the handshake');
    return channel?.take(record);
  };

  dispatch({
    type: 'matched',
    handle: matched.handle,
    partner: { ...matched.partner, region: matched.partner.region ?? null },
    shared: matched.shared_interests,
    mode: matched.mode,
    ladder: beginningLadder(matched.ladder),
    route: calling.route(),
  });
  run(securing.begin);

  return {
    id: conversation,
    fail,
    leave,
    close,
    /** @param {boolean} active */
    typing(active) {
      if (presence.bothHere()) {
        typing.set(active);
      }
    },
    propose: consent.propose,
    accept: consent.accept,
    decline: consent.decline,
    stepDown: consent.stepDown,
    ladderRef,
    ladderRefused: consent.refused,
    mediaChanged: calling.mediaChanged,
    stream: calling.stream,

    here: presence.here,

    /** whether it can outlive its socket */
    get secured() {
      return channel !== null;
    },

    /** @param {ConversationFrame} frame */
    take: (frame) => run(() => handle(frame)),

    /** @param {ServerRecord[]} records */
    takeRecords(records) {
      for (const record of records) {
        run(() => takeRecord(record));
      }
    },

    /** @param {ErrorFrame} error about a message */
    refused: ({ expected, retry_after_ms }) =>
      run(() => {
        const retryAfterMs = retry_after_ms ?? null;
        return channel?.refused({ expected: expected ?? 0, retryAfterMs });
      }),

    /** @param {string} text @returns {boolean} taken */
    say: (text) => channel !== null && say(text),

    /** @returns {boolean} whether voices or faces can be compared with the code */
    heard: () => isAbove(consent.ceiling(), 'text'),

    lost: presence.lost,
    resume: presence.resume,

    /** The page slept perhaps. */
    wake: () => channel?.wake(),
  };
}
