/**
 * The binary side of the wire: records `type u8 || length u16 || body`, one or
 * more in a WebSocket message (docs/reference/protocol.md, section 4).
 */

import { concat, u8, u16, u64, viewOf } from '../lib/bytes.js';
import { WireError } from './wire.js';

/** @import { Bytes } from '../lib/bytes.js' */

/**
 * @typedef {object} Stamp the relay's
 * @property {number} kid
 * @property {number} tb time, in units of 10 s since 1970
 * @property {number} rxOther messages its sender had received and verified
 * @property {number} flags
 * @property {Bytes} tag
 */

/**
 * @typedef {{
 *   type: 'deliver', slot: number, seq: number, commitment: Bytes, stamp: Stamp,
 *   ciphertext: Bytes,
 * }} Deliver
 */
/** @typedef {{type: 'stamped', slot: number, seq: number, stamp: Stamp}} Stamped */
/** @typedef {{type: 'acked', slot: number, next: number}} Acked */
/** @typedef {Deliver | Stamped | Acked} ServerRecord */

const MESSAGE = 0x01;
const ACK = 0x02;
const DELIVER = 0x11;
const STAMPED = 0x12;
const ACKED = 0x13;

const HEAD_BYTES = 3;
const COMMITMENT_BYTES = 32;
const STAMP_BYTES = 47;
const SEQ_AT = 2;
const AFTER_SEQ = 10;
const DELIVER_BYTES = AFTER_SEQ + COMMITMENT_BYTES + STAMP_BYTES;

/**
 * @param {{slot: number, seq: number, commitment: Bytes, ciphertext: Bytes}} message
 * @returns {Bytes}
 */
export function encodeMessage({ slot, seq, commitment, ciphertext }) {
  return record(MESSAGE, u16(slot), u64(seq), commitment, ciphertext);
}

/** @param {{slot: number, next: number}} acknowledgement @returns {Bytes} */
export function encodeAck({ slot, next }) {
  return record(ACK, u16(slot), u64(next));
}

/**
 * @param {Bytes} message a whole WebSocket message
 * @returns {ServerRecord[]} in order, without records of unknown types and without
 *   known ones that are too short or too long
 * @throws {WireError} when the lengths do not add up
 */
export function decodeRecords(message) {
  return [...split(message)].map(decode).filter((each) => each !== null);
}

/** @param {number} type @param {...Bytes} parts */
function record(type, ...parts) {
  const body = concat(...parts);
  return concat(u8(type), u16(body.length), body);
}

/** @param {Bytes} message @returns {Generator<{type: number, body: Bytes}>} */
function* split(message) {
  if (message.length === 0) {
    throw new WireError('an empty message');
  }
  for (let at = 0; at < message.length; ) {
    const body = bodyAt(message, at);
    yield { type: message[at] ?? 0, body };
    at += HEAD_BYTES + body.length;
  }
}

/** @param {Bytes} message @param {number} at where the record begins */
function bodyAt(message, at) {
  const start = at + HEAD_BYTES;
  const end =
    start <= message.length ? start + viewOf(message).getUint16(at + 1) : start;
  if (end > message.length) {
    throw new WireError('record lengths do not add up');
  }
  return message.subarray(start, end);
}

/** @param {{type: number, body: Bytes}} record @returns {ServerRecord | null} */
function decode({ type, body }) {
  switch (type) {
    case DELIVER:
      return body.length >= DELIVER_BYTES ? deliver(body) : null;
    case STAMPED:
      return body.length === AFTER_SEQ + STAMP_BYTES ? stamped(body) : null;
    case ACKED:
      return body.length === AFTER_SEQ ? acked(body) : null;
    default:
      return null;
  }
}

/** @param {Bytes} body @returns {Deliver} */
function deliver(body) {
  const stampAt = AFTER_SEQ + COMMITMENT_BYTES;
  return {
    type: 'deliver',
    ...slotAndNumber(body),
    commitment: body.slice(AFTER_SEQ, stampAt),
    stamp: stampOf(body.slice(stampAt, DELIVER_BYTES)),
    ciphertext: body.slice(DELIVER_BYTES),
  };
}

/** @param {Bytes} body @returns {Stamped} */
function stamped(body) {
  return {
    type: 'stamped',
    ...slotAndNumber(body),
    stamp: stampOf(body.slice(AFTER_SEQ)),
  };
}

/** @param {Bytes} body @returns {Acked} */
function acked(body) {
  const { slot, seq } = slotAndNumber(body);
  return { type: 'acked', slot, next: seq };
}

/** @param {Bytes} body */
function slotAndNumber(body) {
  return { slot: viewOf(body).getUint16(0), seq: number64(body, SEQ_AT) };
}

/** @param {Bytes} stamp 47 bytes @returns {Stamp} */
function stampOf(stamp) {
  const view = viewOf(stamp);
  return {
    kid: view.getUint16(0),
    tb: view.getUint32(2),
    rxOther: number64(stamp, 6),
    flags: view.getUint8(14),
    tag: stamp.slice(15),
  };
}

/**
 * @param {Bytes} bytes
 * @param {number} at
 * @returns {number} exact to 2^53; above that only its size is kept, which is all
 *   that is asked of numbers no conversation can reach
 */
function number64(bytes, at) {
  return Number(viewOf(bytes).getBigUint64(at));
}
