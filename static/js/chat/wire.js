/**
 * The JSON side of the wire: reading what the server sends, writing what we send.
 *
 * Every known frame has its shape in `SHAPES`; unknown types and unknown fields
 * are ignored (docs/reference/protocol.md, section 4).
 */

import {
  amount,
  anyOf,
  count,
  flag,
  isObject,
  listOf,
  maybe,
  nullable,
  oneOf,
  shape,
  text,
  time,
} from '../lib/shape.js';

/** @import { Check } from '../lib/shape.js' */
/** @import { ClientFrame, ServerFrame } from './frames.js' */

export class WireError extends Error {
  /** @param {string} detail for developers; never shown */
  constructor(detail) {
    super(detail);
    this.name = 'WireError';
  }
}

const mode = oneOf('text', 'voice', 'video');
const step = oneOf('text', 'voice', 'blurred', 'clear');
const region = oneOf('af', 'as', 'eu', 'na', 'oc', 'sa');
const routeState = oneOf('relay', 'direct');
const iceServers = listOf(
  shape({
    urls: anyOf(text, listOf(text)),
    username: maybe(text),
    credential: maybe(text),
  }),
);
const limits = shape({
  unacked: count,
  burst: count,
  per_second: amount,
  interests: count,
  resume_window_seconds: amount,
  frame_bytes: count,
});
const ladder = shape({ step, max: step, version: count });
const route = shape({ state: routeState, relay_available: flag, version: count });
const description = shape({ type: text, sdp: text });
const candidate = shape({
  candidate: maybe(text),
  sdpMid: maybe(text),
  sdpMLineIndex: maybe(count),
  usernameFragment: maybe(text),
});

/** @type {Record<ServerFrame['type'], Record<string, Check>>} */
const SHAPES = {
  hello: { modes: listOf(mode), limits, server_time: time, build: text },
  'queue.waiting': {
    waiting: count,
    expected_seconds: nullable(shape({ p50: amount, p90: amount })),
    since: time,
  },
  'queue.left': {},
  'conversation.matched': {
    conversation: text,
    slot: count,
    role: oneOf('A', 'B'),
    polite: flag,
    mode,
    handle: text,
    partner: shape({
      handle: text,
      badges: listOf(text),
      languages: listOf(text),
      region: maybe(region),
    }),
    shared_interests: listOf(text),
    suite: count,
    kid: count,
    conversation_token: text,
    resume_token: text,
    ladder,
    route,
    ice_servers: iceServers,
  },
  'e2e.commit': { conversation: text, commitment: text },
  'e2e.reveal': {
    conversation: text,
    suites: text,
    suite: count,
    public_key: text,
    fingerprint: text,
    random: text,
  },
  'e2e.confirm': { conversation: text, mac: text },
  signal: {
    conversation: text,
    description: maybe(description),
    candidate: maybe(candidate),
  },
  'ice.servers': { ice_servers: iceServers, expires_in_seconds: amount },
  'ladder.state': {
    conversation: text,
    step,
    max: step,
    version: count,
    proposal: maybe(
      shape({ step, by: oneOf('you', 'partner'), expires_in_seconds: amount }),
    ),
  },
  'route.state': { conversation: text, state: routeState, version: count },
  typing: { conversation: text, active: flag },
  'partner.away': { conversation: text, grace_seconds: amount },
  'partner.back': { conversation: text },
  'conversation.resumed': {
    conversation: text,
    slot: count,
    accepted: count,
    acked: count,
    partner: oneOf('here', 'away'),
    ladder,
    route,
    ice_servers: iceServers,
  },
  'conversation.ended': {
    conversation: text,
    reason: oneOf(
      'left',
      'partner_left',
      'partner_lost',
      'expired',
      'moderated',
      'integrity',
    ),
    farewell: maybe(oneOf('good_chat', 'language', 'no_sound', 'brb')),
    receipt: nullable(shape({ started: time, ended: time, kept: listOf(text) })),
  },
  notice: { code: text, text, case_code: maybe(text) },
  pong: {},
  error: {
    code: text,
    message: text,
    ref: maybe(text),
    conversation: maybe(text),
    seq: maybe(count),
    expected: maybe(count),
    retry_after_ms: maybe(amount),
  },
};

/**
 * @param {string} data a text message of the socket
 * @returns {ServerFrame | null} null: a type this client does not know
 * @throws {WireError} when it is not a JSON object, or a known type with a wrong field
 */
export function parseServerFrame(data) {
  const frame = parseObject(data);
  if (!isKnown(frame.type)) {
    return null;
  }
  if (!shape(SHAPES[frame.type])(frame)) {
    throw new WireError(`a field of ${frame.type} is wrong`);
  }
  return /** @type {ServerFrame} */ (/** @type {unknown} */ (frame));
}

/** @param {ClientFrame} frame */
export function encodeClientFrame(frame) {
  return JSON.stringify(frame);
}

/**
 * The end of an exhaustive switch: `tsc` refuses a call with a case left over.
 *
 * @param {never} frame
 * @returns {never}
 */
export function unreachable(frame) {
  throw new WireError(`no case for ${JSON.stringify(frame)}`);
}

/** @param {string} data */
function parseObject(data) {
  let value;
  try {
    value = JSON.parse(data);
  } catch {
    throw new WireError('not JSON');
  }
  if (!isObject(value)) {
    throw new WireError('not an object');
  }
  return value;
}

/** @param {unknown} type @returns {type is ServerFrame['type']} */
function isKnown(type) {
  return typeof type === 'string' && Object.hasOwn(SHAPES, type);
}
