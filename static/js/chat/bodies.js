/**
 * What a message's body holds, by its `ptype` (docs/reference/protocol.md,
 * section 4, "Bodies"). Pure.
 *
 * A type nobody knows is passed on as unsupported; a known one that is malformed
 * fails R8, because nothing may be shown that a report could not open.
 */

import { fromUtf8, viewOf } from '../lib/bytes.js';
import { ensure } from './integrity.js';
import { MESSAGE } from './policy.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { Role } from './key_schedule.js' */

/**
 * @typedef {{kind: 'text' | 'note', text: string}
 *   | {kind: 'reaction', text: string, role: Role, seq: number}
 *   | {kind: 'edit', text: string, seq: number}
 *   | {kind: 'unsupported'}} Body
 */

export const PTYPE = Object.freeze({
  text: 0x01,
  reaction: 0x02,
  edit: 0x03,
  note: 0x04,
});

const SEQ_BYTES = 8;
/** @type {Readonly<Record<number, Role>>} */
const ROLES = { 1: 'A', 2: 'B' };

/** @type {Readonly<Record<number, (body: Bytes) => Body>>} */
const READERS = {
  [PTYPE.text]: (body) => ({ kind: 'text', text: textOf(body) }),
  [PTYPE.note]: (body) => ({ kind: 'note', text: textOf(body) }),
  [PTYPE.reaction]: reaction,
  [PTYPE.edit]: edit,
};

/**
 * @param {{ptype: number, body: Bytes}} message
 * @returns {Body}
 * @throws {import('./integrity.js').IntegrityError} R8
 */
export function readBody({ ptype, body }) {
  ensure(body.length <= MESSAGE.bodyBytes, 'R8', 'too long');
  return READERS[ptype]?.(body) ?? { kind: 'unsupported' };
}

/** @param {Bytes} body @returns {Body} */
function reaction(body) {
  ensure(body.length > SEQ_BYTES, 'R8', 'reaction too short');
  const role = ROLES[body[0] ?? 0];
  ensure(role, 'R8', 'reaction to nobody');
  const emoji = body.subarray(1 + SEQ_BYTES);
  ensure(emoji.length <= MESSAGE.emojiBytes, 'R8', 'reaction too long');
  return { kind: 'reaction', text: textOf(emoji), role, seq: seqAt(body, 1) };
}

/** @param {Bytes} body @returns {Body} */
function edit(body) {
  ensure(body.length >= SEQ_BYTES, 'R8', 'edit too short');
  return { kind: 'edit', text: textOf(body.subarray(SEQ_BYTES)), seq: seqAt(body, 0) };
}

/** @param {Uint8Array} bytes */
function textOf(bytes) {
  const text = fromUtf8(bytes);
  ensure(text !== null, 'R8', 'not UTF-8');
  return text;
}

/** @param {Bytes} bytes @param {number} at */
function seqAt(bytes, at) {
  return Number(viewOf(bytes).getBigUint64(at));
}
