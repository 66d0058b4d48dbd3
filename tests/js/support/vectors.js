/** The protocol's test vectors, shared with the server's tests. */

import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { importSealing } from '../../../static/js/chat/key_schedule.js';
import { fromHex } from '../../../static/js/lib/bytes.js';

/** @import { Role, SideValues } from '../../../static/js/chat/key_schedule.js' */

const FILE = new URL('../../vectors/protocol_vectors.json', import.meta.url);
const EMOJI = new URL('../../../docs/reference/safety-emoji.json', import.meta.url);

export const subtle = /** @type {SubtleCrypto} */ (webcrypto.subtle);
export const vectors = JSON.parse(readFileSync(FILE, 'utf8'));
export const publishedEmoji = JSON.parse(readFileSync(EMOJI, 'utf8'));

/** @param {Record<string, string>} side @returns {SideValues} */
export function sideValues(side) {
  return {
    suites: fromHex(side.suites ?? ''),
    publicKey: fromHex(side.public_key ?? ''),
    fingerprint: fromHex(side.fingerprint ?? ''),
    random: fromHex(side.random ?? ''),
  };
}

/** @param {number} suite @param {string} pkcs8 hex @returns {Promise<CryptoKey>} */
export function importPrivateKey(suite, pkcs8) {
  const algorithm = { name: suite === 1 ? 'X25519' : 'ECDH', namedCurve: 'P-256' };
  return subtle.importKey('pkcs8', fromHex(pkcs8), algorithm, false, ['deriveBits']);
}

/** @param {{key: string, iv: string}} direction hex */
export async function directionKeys({ key, iv }) {
  return { key: await importSealing(subtle, fromHex(key)), iv: fromHex(iv) };
}

/** @param {{conversation: string, role: Role, key: string, iv: string}} of hex */
export async function sealingOf(of) {
  const { conversation, role } = of;
  const keys = await directionKeys(of);
  return { subtle, conversation: fromHex(conversation), role, keys };
}

/** @param {string} text decimal @returns {number} −1 for "nothing seen" */
export function peerSeenOf(text) {
  return text === '18446744073709551615' ? -1 : Number(text);
}
