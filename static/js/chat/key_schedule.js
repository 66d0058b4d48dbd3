/**
 * What is hashed and derived in the handshake: commitment, transcript, keys
 * (docs/reference/protocol.md, section 3; HKDF is RFC 5869, HMAC RFC 2104).
 * Pure but for WebCrypto; nothing is decided here.
 */

import { concat, lengthPrefixed, u8, utf8 } from '../lib/bytes.js';

/** @import { Bytes } from '../lib/bytes.js' */

/** @typedef {'A' | 'B'} Role */
/** @typedef {{key: CryptoKey, iv: Bytes}} DirectionKeys */

/**
 * @typedef {object} SideValues what one side commits to and then reveals
 * @property {Bytes} suites one byte each
 * @property {Bytes} publicKey
 * @property {Bytes} fingerprint SHA-256 of its DTLS certificate; zeros: no calls
 * @property {Bytes} random 32 bytes
 */

/** @typedef {SideValues & {commitment: Bytes}} CommittedSide */

/**
 * @typedef {object} Derived
 * @property {Record<Role, DirectionKeys>} sending keys of messages sent by A, by B
 * @property {Record<Role, CryptoKey>} confirming
 * @property {Bytes} sas 6 bytes
 */

/** @type {Readonly<Record<Role, number>>} */
const ROLE_BYTE = { A: 0x01, B: 0x02 };
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const SAS_BYTES = 6;
const TRANSCRIPT_VERSION = 0x01;

/** @param {Role} role @returns {Role} */
export function otherRole(role) {
  return role === 'A' ? 'B' : 'A';
}

/** @param {Role} role @returns {Bytes} its one byte */
export function roleByte(role) {
  return u8(ROLE_BYTE[role]);
}

/**
 * @param {SubtleCrypto} subtle
 * @param {Bytes} conversation
 * @param {Role} role
 * @param {SideValues} side
 * @returns {Promise<Bytes>}
 */
export function commitmentOf(subtle, conversation, role, side) {
  return sha256(
    subtle,
    utf8('SS1/commit\0'),
    conversation,
    roleByte(role),
    u8(side.suites.length),
    side.suites,
    lengthPrefixed(side.publicKey),
    side.fingerprint,
    side.random,
  );
}

/**
 * @param {SubtleCrypto} subtle
 * @param {Bytes} conversation
 * @param {number} suite
 * @param {Record<Role, CommittedSide>} sides
 * @returns {Promise<Bytes>}
 */
export function transcriptOf(subtle, conversation, suite, { A, B }) {
  return sha256(
    subtle,
    utf8('SS1/transcript\0'),
    Uint8Array.of(TRANSCRIPT_VERSION, suite),
    conversation,
    A.commitment,
    B.commitment,
    revealed(A),
    revealed(B),
  );
}

/**
 * @param {SubtleCrypto} subtle
 * @param {Bytes} secret the shared secret
 * @param {Bytes} transcript
 * @returns {Promise<Derived>}
 */
export async function deriveKeys(subtle, secret, transcript) {
  const base = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const expand = async (/** @type {string} */ info, /** @type {number} */ length) =>
    new Uint8Array(
      await subtle.deriveBits(
        { name: 'HKDF', hash: 'SHA-256', salt: transcript, info: utf8(info) },
        base,
        length * 8,
      ),
    );
  const direction = async (/** @type {string} */ name) => ({
    key: await importSealing(subtle, await expand(`SS1/key/${name}`, KEY_BYTES)),
    iv: await expand(`SS1/iv/${name}`, NONCE_BYTES),
  });
  const confirming = async (/** @type {Role} */ role) =>
    importMac(subtle, await expand(`SS1/confirm/${role}`, KEY_BYTES));
  return {
    sending: { A: await direction('A>B'), B: await direction('B>A') },
    confirming: { A: await confirming('A'), B: await confirming('B') },
    sas: await expand('SS1/sas', SAS_BYTES),
  };
}

/** @param {SubtleCrypto} subtle @param {Bytes} raw @returns {Promise<CryptoKey>} */
export function importSealing(subtle, raw) {
  return subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** @param {SubtleCrypto} subtle @param {Bytes} raw @returns {Promise<CryptoKey>} */
export function importMac(subtle, raw) {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return subtle.importKey('raw', raw, algorithm, false, ['sign', 'verify']);
}

/**
 * @param {SubtleCrypto} subtle
 * @param {CryptoKey} key
 * @param {Bytes} message
 * @returns {Promise<Bytes>} HMAC-SHA-256
 */
export async function sign(subtle, key, message) {
  return new Uint8Array(await subtle.sign('HMAC', key, message));
}

/** @param {SubtleCrypto} subtle @param {...Uint8Array} parts @returns {Promise<Bytes>} */
async function sha256(subtle, ...parts) {
  return new Uint8Array(await subtle.digest('SHA-256', concat(...parts)));
}

/** @param {SideValues} side */
function revealed({ publicKey, fingerprint, random }) {
  return concat(lengthPrefixed(publicKey), fingerprint, random);
}
