/**
 * One conversation, from `conversation.matched` to its end: handshake, then text
 * channel, ladder and call. Everything it takes runs one after another; a job
 * that throws ends it with `integrity`, and nothing of that job is shown.
 */

import { fromBase64url } from '../lib/bytes.js';
import { createSerial } from '../lib/serial.js';
import { createCall } from './call.js';
import { createChannel } from './channel.js';
import { createConsent } from './consent.js';
import { ensure } from './integrity.js';
import { otherRole } from './key_schedule.js';
import { beginningLadder, isAbove } from './ladder.js';
import { createReader } from './lines.js';
import { HANDSHAKE } from './policy.js';
import { beginningRoute, routeAfter } from './route.js';
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
/** @import { Outgoing } from './peer.js' */
/** @import { ServerRecord } from './records.js' */
/** @import { StateEvent } from './state.js' */
/** @import { Suite } from './suites.js' */
/** @import { Farewell, Platform } from './types.js' */
/** @import { NoticeCode } from './words.js' */

/**
 * @typedef {Commit | Reveal | Confirm | Signal | LadderState | RouteState | Typing
 *   | IceServers} ConversationFrame
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
 * @property {(bytes: Bytes) => void} sendBytes
 * @property {(event: StateEvent) => void} dispatch
 * @property {(code: NoticeCode) => void} notice
 * @property {() => void} onIntegrity a check failed; the conversation has been left
 */

/** @typedef {ReturnType<typeof createConversation>} Conversation */

/** @param {ConversationOptions} options */
export function createConversation(options) {
  const { platform, subtle, matched, media, dispatch, notice } = options;
  const { conversation, role } = matched;
  const ladderRef = `ladder ${conversation}`;
  const read = createReader(role);
  /** @type {Outgoing[]} signals from before the partner's confirm was verified */
  const held = [];
  /** @type {ReturnType<typeof createChannel> | null} */
  let channel = null;
  /** @type {ReturnType<typeof createCall> | null} */
  let call = null;
  let route = beginningRoute(matched.route);
  let closed = false;

  /** @param {ClientFrame} frame */
  const send = (frame) => {
    if (!closed) {
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
    onStep: (step) => call?.update(step),
    onNotice: notice,
  });

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
    call?.end();
  };

  /** @param {Leave['reason']} reason @param {Farewell} [farewell] */
  const leave = (reason, farewell) => {
    const parting = farewell ? { farewell } : {};
    send({ type: 'conversation.leave', conversation, reason, ...parting });
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
    });
    call = openCall(secured.partnerFingerprint, identity);
    dispatch({ type: 'secured', safetyCode: safetyCode(secured.sas) });
    call.update(consent.ceiling());
    for (const signal of held.splice(0)) {
      call.receive(signal);
    }
  };

  /** @param {Bytes} fingerprint of the partner @param {CallIdentity} identity own */
  const openCall = (fingerprint, identity) =>
    createCall({
      platform,
      polite: matched.polite,
      certificate: identity.certificate,
      fingerprint,
      iceServers: matched.ice_servers,
      relayOnly: route.state === 'relay',
      media,
      send: (signal) => send({ type: 'signal', conversation, ...signal }),
      refresh: () => send({ type: 'ice.refresh', conversation }),
      onRemote: (remote) => dispatch({ type: 'remote', remote }),
      onConnection: (connection) => dispatch({ type: 'connection', connection }),
      onFailed: () => notice('call_failed'),
      onIntegrity: fail,
    });

  /** @param {Signal} frame */
  const signal = ({ type: _, conversation: __, ...rest }) => {
    const arrived = /** @type {Outgoing} */ (rest);
    if (call) {
      call.receive(arrived);
      return;
    }
    ensure(held.length < HANDSHAKE.heldSignals, 'signals', 'too many');
    held.push(arrived);
  };

  /** @param {RouteState} news */
  const rerouted = (news) => {
    const after = routeAfter(route, news);
    if (after) {
      route = after;
      dispatch({ type: 'route', route });
      call?.reroute(route.state === 'relay');
    }
  };

  /** @param {ConversationFrame} frame @returns {void | Promise<void>} */
  const handle = (frame) => {
    switch (frame.type) {
      case 'e2e.commit':
      case 'e2e.reveal':
      case 'e2e.confirm':
        return securing.take(frame);
      case 'signal':
        return signal(frame);
      case 'ladder.state':
        return consent.news(frame);
      case 'route.state':
        return rerouted(frame);
      case 'typing':
        return typing.partner(frame.active && channel !== null);
      case 'ice.servers':
        return call?.servers(frame.ice_servers);
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
    route,
  });
  run(securing.begin);

  return {
    id: conversation,
    fail,
    leave,
    close,
    typing: typing.set,
    propose: consent.propose,
    accept: consent.accept,
    decline: consent.decline,
    stepDown: consent.stepDown,
    ladderRef,
    ladderRefused: consent.refused,
    mediaChanged: () => call?.mediaChanged(),
    stream: () => call?.stream() ?? null,

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

    /** Ask the server, on a new socket, to go on. */
    resume: () =>
      options.send({
        type: 'resume',
        conversation,
        resume_token: matched.resume_token,
        received: channel?.received ?? 0,
      }),
  };
}
