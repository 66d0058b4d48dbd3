/**
 * Bytes: text, hex and base64url forms, joining, comparing, big-endian integers.
 *
 * All integers are big-endian (network order).
 */

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const HEX = /^(?:[0-9a-f]{2})*$/i;

/** @param {string} text @returns {Bytes} the UTF-8 bytes */
export function utf8(text) {
  return new TextEncoder().encode(text);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string | null} null when the bytes are not well-formed UTF-8
 */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** @param {...Uint8Array} parts @returns {Bytes} */
export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** @param {Uint8Array} one @param {Uint8Array} other public values only: not constant-time */
export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** @param {number} value @returns {Bytes} one byte */
export function u8(value) {
  return Uint8Array.of(value);
}

/** @param {number} value @returns {Bytes} two bytes */
export function u16(value) {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value);
  return bytes;
}

/** @param {number} value @returns {Bytes} four bytes */
export function u32(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** @param {bigint | number} value @returns {Bytes} eight bytes */
export function u64(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** @param {Uint8Array} bytes @returns {Bytes} the bytes after their length as u16 */
export function lengthPrefixed(bytes) {
  return concat(u16(bytes.length), bytes);
}

/** @param {Uint8Array} bytes @returns {DataView} */
export function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @param {Uint8Array} bytes @returns {string} lower case */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {string} text
 * @returns {Bytes}
 * @throws {RangeError} when the text is not hex
 */
export function fromHex(text) {
  if (!HEX.test(text)) {
    throw new RangeError('not hex');
  }
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @param {Uint8Array} bytes @returns {string} base64url without padding (RFC 4648 §5) */
export function toBase64url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * @param {string} text base64url without padding, in its one canonical form
 * @returns {Bytes}
 * @throws {RangeError} for any other text
 */
export function fromBase64url(text) {
  if (!BASE64URL.test(text) || text.length % 4 === 1) {
    throw new RangeError('not base64url');
  }
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(standard), (letter) => letter.charCodeAt(0));
  if (toBase64url(bytes) !== text) {
    throw new RangeError('not canonical base64url');
  }
  return bytes;
}
