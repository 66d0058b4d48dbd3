/**
 * Certificate fingerprints in session descriptions (RFC 8122). Pure.
 *
 * A call is only as private as the fingerprint it is set up with, and the server
 * carries the description: so every sha-256 line must be the fingerprint that
 * the handshake committed to, and lines of other hashes never reach the browser.
 */

import { equal, fromHex, toHex } from '../lib/bytes.js';
import { ensure } from './integrity.js';

/** @import { Bytes } from '../lib/bytes.js' */

const LINE_END = /\r\n|\n|\r/;
const ANY_FINGERPRINT = /^\s*a\s*=\s*fingerprint/i;
const FINGERPRINT = /^a=fingerprint:(\S+) +(\S+)\s*$/i;
const SHA256_VALUE = /^[0-9a-f]{2}(?::[0-9a-f]{2}){31}$/i;

/**
 * @param {string} sdp
 * @param {Bytes} committed 32 bytes
 * @returns {string} the description that may be used
 * @throws {import('./integrity.js').IntegrityError} when it is for anyone else
 */
export function checkedSdp(sdp, committed) {
  const lines = sdp.split(LINE_END);
  const kept = lines.filter((line) => !isFingerprint(line) || isSha256(line));
  const prints = kept.filter(isFingerprint);
  ensure(prints.length > 0, 'fingerprint', 'none');
  for (const print of prints) {
    ensure(equal(printIn(print), committed), 'fingerprint', 'another certificate');
  }
  return kept.join('\r\n');
}

/**
 * @param {string} sdp one's own description
 * @returns {Bytes | null} its first sha-256 fingerprint
 */
export function fingerprintIn(sdp) {
  const line = sdp
    .split(LINE_END)
    .find((each) => isFingerprint(each) && isSha256(each));
  return line === undefined ? null : printIn(line);
}

/** @param {string} value colon-separated hex @returns {Bytes} */
export function fingerprintBytes(value) {
  ensure(SHA256_VALUE.test(value), 'fingerprint', 'malformed');
  return fromHex(value.replaceAll(':', ''));
}

/** @param {Uint8Array} bytes @returns {string} as SDP writes it */
export function fingerprintText(bytes) {
  return (toHex(bytes).toUpperCase().match(/../g) ?? []).join(':');
}

/** @param {string} line */
function isFingerprint(line) {
  return ANY_FINGERPRINT.test(line);
}

/** @param {string} line */
function isSha256(line) {
  return partsOf(line)[0].toLowerCase() === 'sha-256';
}

/** @param {string} line */
function printIn(line) {
  return fingerprintBytes(partsOf(line)[1]);
}

/** @param {string} line @returns {[string, string]} hash name and value */
function partsOf(line) {
  const match = FINGERPRINT.exec(line);
  ensure(match, 'fingerprint', 'malformed');
  return [match[1] ?? '', match[2] ?? ''];
}
