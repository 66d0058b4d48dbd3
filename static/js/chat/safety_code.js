/**
 * The safety code: seven pictures that both people see when nobody sits between
 * them (docs/reference/protocol.md, section 3). Pure.
 */

import { SAFETY_EMOJI } from './safety_emoji.js';

/** @import { SafetyEmoji } from './types.js' */

const PICTURES = 7;
const BITS = 6;

/** @param {Uint8Array} sas 6 bytes @returns {number[]} its first 42 bits, six at a time */
export function safetyIndices(sas) {
  const bits = Array.from(sas, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: PICTURES }, (_, index) =>
    Number.parseInt(bits.slice(index * BITS, (index + 1) * BITS), 2),
  );
}

/** @param {Uint8Array} sas 6 bytes @returns {SafetyEmoji[]} */
export function safetyCode(sas) {
  return safetyIndices(sas).flatMap((index) => SAFETY_EMOJI[index] ?? []);
}
