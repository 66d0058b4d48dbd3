/**
 * One message: payload, commitment, padding, sealing, and opening with every
 * check that concerns the message alone (R3 to R9 of docs/reference/protocol.md,
 * section 4). Pure but for WebCrypto.
 *
 * The commitment is HMAC under a key that travels inside: a recipient can later
 * open one message to a moderator and nothing else, and a sender cannot send
 * what would not open. Source: Grubbs, Lu, Ristenpart 2017, "Message Franking
 * via Committing Authenticated Encryption".
 */

import { concat, u8, u32, u64, utf8, viewOf } from '../lib/bytes.js';
import { readBody } from './bodies.js';
import { ensure, orIntegrity } from './integrity.js';
import { importMac, roleByte, sign } from './key_schedule.js';
import { MESSAGE } from './policy.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { Body } from './bodies.js' */
/** @import { DirectionKeys, Role } from './key_schedule.js' */

/**
 * @typedef {object} Message what a sender says
 * @property {number} ptype
 * @property {number} seq
 * @property {number} peerSeen highest number received from the other side; −1: none
 * @property {Bytes} body
 */

/** @typedef {Message & {content: Body}} OpenedMessage */

/**
 * @typedef {object} Sealing
 * @property {SubtleCrypto} subtle
 * @property {Bytes} conversation 16 bytes
 * @property {Role} role of the sender
 * @property {DirectionKeys} keys of the sender's direction
 */

const FRAMING_VERSION = 0x01;
const NOTHING_SEEN = 2n ** 64n - 1n;
const OPENING_KEY_BYTES = 32;
const LENGTH_BYTES = 4;
const PAYLOAD_AT = OPENING_KEY_BYTES + LENGTH_BYTES;
const PAYLOAD_HEAD_BYTES = 22;
const NONCE_SEQ_AT = 4;
const TAG_BITS = MESSAGE.tagBytes * 8;

/** @param {Message} message @returns {Bytes} `P` */
export function encodePayload({ ptype, seq, peerSeen, body }) {
  return concat(
    u8(FRAMING_VERSION),
    u8(ptype),
    u64(seq),
    u64(peerSeen < 0 ? NOTHING_SEEN : peerSeen),
    u32(body.length),
    body,
  );
}

/**
 * @param {Pick<Sealing, 'subtle' | 'conversation' | 'role'>} sealing
 * @param {Bytes} openingKey
 * @param {Bytes} payload
 * @returns {Promise<Bytes>} `C`
 */
export async function commitTo({ subtle, conversation, role }, openingKey, payload) {
  const key = await importMac(subtle, openingKey);
  return sign(subtle, key, committed({ conversation, role }, payload));
}

/** @param {Bytes} openingKey @param {Bytes} payload @returns {Bytes} a bucket's length */
export function pad(openingKey, payload) {
  const length = PAYLOAD_AT + payload.length;
  const bucket = MESSAGE.buckets.find((size) => size >= length);
  if (bucket === undefined) {
    throw new RangeError('body too long');
  }
  const filling = new Uint8Array(bucket - length);
  return concat(openingKey, u32(payload.length), payload, filling);
}

/**
 * @param {Sealing} sealing
 * @param {Message} message
 * @param {Bytes} openingKey 32 fresh random bytes
 * @returns {Promise<{commitment: Bytes, ciphertext: Bytes}>}
 */
export async function seal(sealing, message, openingKey) {
  const payload = encodePayload(message);
  const commitment = await commitTo(sealing, openingKey, payload);
  const parameters = gcm(sealing, message.seq, commitment);
  const plaintext = pad(openingKey, payload);
  const { subtle, keys } = sealing;
  const sealed = await subtle.encrypt(parameters, keys.key, plaintext);
  return { commitment, ciphertext: new Uint8Array(sealed) };
}

/**
 * @param {Sealing} sealing
 * @param {{seq: number, commitment: Bytes, ciphertext: Bytes}} sealed
 * @returns {Promise<OpenedMessage>}
 * @throws {import('./integrity.js').IntegrityError} naming the rule
 */
export async function open(sealing, sealed) {
  const { payload, openingKey } = unpad(await decrypt(sealing, sealed));
  const message = readPayload(payload);
  ensure(message.seq === sealed.seq, 'R7');
  const content = readBody(message);
  await checkCommitment(sealing, {
    openingKey,
    payload,
    commitment: sealed.commitment,
  });
  return { ...message, content };
}

/**
 * @param {Sealing} sealing
 * @param {{seq: number, commitment: Bytes, ciphertext: Bytes}} sealed
 */
async function decrypt(sealing, { seq, commitment, ciphertext }) {
  const { subtle, keys } = sealing;
  const parameters = gcm(sealing, seq, commitment);
  const opened = await orIntegrity('R3', () =>
    subtle.decrypt(parameters, keys.key, ciphertext),
  );
  return new Uint8Array(opened);
}

/** @param {Bytes} plaintext */
function unpad(plaintext) {
  ensure(MESSAGE.buckets.includes(plaintext.length), 'R4', 'no bucket');
  const length = viewOf(plaintext).getUint32(OPENING_KEY_BYTES);
  ensure(length >= PAYLOAD_HEAD_BYTES, 'R5', 'too short');
  ensure(length <= plaintext.length - PAYLOAD_AT, 'R5', 'too long');
  const filling = plaintext.subarray(PAYLOAD_AT + length);
  ensure(
    filling.every((byte) => byte === 0),
    'R4',
    'padding',
  );
  return {
    openingKey: plaintext.slice(0, OPENING_KEY_BYTES),
    payload: plaintext.slice(PAYLOAD_AT, PAYLOAD_AT + length),
  };
}

/** @param {Bytes} payload @returns {Message} */
function readPayload(payload) {
  const view = viewOf(payload);
  ensure(view.getUint8(0) === FRAMING_VERSION, 'R6');
  const seen = view.getBigUint64(10);
  const body = payload.slice(PAYLOAD_HEAD_BYTES);
  ensure(view.getUint32(18) === body.length, 'R8', 'length');
  return {
    ptype: view.getUint8(1),
    seq: Number(view.getBigUint64(2)),
    peerSeen: seen === NOTHING_SEEN ? -1 : Number(seen),
    body,
  };
}

/**
 * @param {Sealing} sealing
 * @param {{openingKey: Bytes, payload: Bytes, commitment: Bytes}} opening
 */
async function checkCommitment(sealing, { openingKey, payload, commitment }) {
  const { subtle } = sealing;
  const key = await importMac(subtle, openingKey);
  const input = committed(sealing, payload);
  ensure(await subtle.verify('HMAC', key, commitment, input), 'R9');
}

/** @param {Pick<Sealing, 'conversation' | 'role'>} sealing @param {Bytes} payload */
function committed({ conversation, role }, payload) {
  return concat(utf8('SS1/frank\0'), conversation, roleByte(role), payload);
}

/** @param {Sealing} sealing @param {number} seq @param {Bytes} commitment */
function gcm({ conversation, role, keys }, seq, commitment) {
  const head = concat(utf8('SS1/msg\0'), conversation, roleByte(role));
  return {
    name: 'AES-GCM',
    iv: nonceOf(keys.iv, seq),
    additionalData: concat(head, u64(seq), commitment),
    tagLength: TAG_BITS,
  };
}

/** @param {Bytes} iv @param {number} seq @returns {Bytes} as in TLS 1.3 (RFC 8446 §5.3) */
export function nonceOf(iv, seq) {
  const counter = concat(new Uint8Array(NONCE_SEQ_AT), u64(seq));
  return iv.map((byte, index) => byte ^ (counter[index] ?? 0));
}
