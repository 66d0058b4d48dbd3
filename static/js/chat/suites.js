/**
 * Key agreement suites: 1 = X25519 (RFC 7748), 2 = ECDH on P-256 (SEC 1, public
 * keys uncompressed). Everything after the shared secret is the same for both.
 *
 * Any exception here means that the handshake has failed.
 */

import { ensure } from './integrity.js';

/** @import { Bytes } from '../lib/bytes.js' */

/** @typedef {1 | 2} Suite */
/** @typedef {{privateKey: CryptoKey, publicKey: Bytes}} AgreementKeys */

const UNCOMPRESSED_POINT = 0x04;
const SECRET_BITS = 256;

/** @type {Readonly<Record<Suite, {algorithm: EcKeyImportParams, publicBytes: number}>>} */
const SUITES = {
  1: { algorithm: { name: 'X25519', namedCurve: '' }, publicBytes: 32 },
  2: { algorithm: { name: 'ECDH', namedCurve: 'P-256' }, publicBytes: 65 },
};

/** @type {readonly Suite[]} preferred first */
const PREFERENCE = [1, 2];

/**
 * @param {SubtleCrypto} subtle
 * @returns {Promise<Suite[]>} what this browser can do, preferred first
 */
export async function supportedSuites(subtle) {
  const able = await Promise.all(PREFERENCE.map((suite) => supports(subtle, suite)));
  return PREFERENCE.filter((_, index) => able[index]);
}

/**
 * @param {readonly number[]} own
 * @param {readonly number[]} partners may hold numbers nobody knows; they are ignored
 * @returns {Suite | null} null: nothing in common
 */
export function preferredSuite(own, partners) {
  const common = (/** @type {Suite} */ suite) =>
    own.includes(suite) && partners.includes(suite);
  return PREFERENCE.find(common) ?? null;
}

/** @param {number} value @returns {value is Suite} */
export function isSuite(value) {
  return value === 1 || value === 2;
}

/**
 * @param {SubtleCrypto} subtle
 * @param {Suite} suite
 * @returns {Promise<AgreementKeys>} a fresh pair; the private key cannot be exported
 */
export async function generateKeys(subtle, suite) {
  const { algorithm } = SUITES[suite];
  const pair = await subtle.generateKey(algorithm, false, ['deriveBits']);
  const raw = await subtle.exportKey('raw', pair.publicKey);
  return { privateKey: pair.privateKey, publicKey: new Uint8Array(raw) };
}

/**
 * @param {SubtleCrypto} subtle
 * @param {Suite} suite
 * @param {CryptoKey} privateKey
 * @param {Bytes} partnerPublicKey
 * @returns {Promise<Bytes>} 32 bytes
 * @throws when the key is malformed, off the curve, or of low order
 */
export async function sharedSecret(subtle, suite, privateKey, partnerPublicKey) {
  const { algorithm, publicBytes } = SUITES[suite];
  ensure(partnerPublicKey.length === publicBytes, 'public key', 'length');
  ensure(
    suite === 1 || partnerPublicKey[0] === UNCOMPRESSED_POINT,
    'public key',
    'form',
  );
  const imported = await subtle.importKey('raw', partnerPublicKey, algorithm, true, []);
  const bits = await subtle.deriveBits(
    { name: algorithm.name, public: imported },
    privateKey,
    SECRET_BITS,
  );
  const secret = new Uint8Array(bits);
  ensure(
    secret.some((byte) => byte !== 0),
    'public key',
    'low order',
  );
  return secret;
}

/** @param {SubtleCrypto} subtle @param {Suite} suite */
async function supports(subtle, suite) {
  try {
    await subtle.generateKey(SUITES[suite].algorithm, false, ['deriveBits']);
    return true;
  } catch {
    return false;
  }
}
