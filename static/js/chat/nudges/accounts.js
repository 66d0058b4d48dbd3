/** Numbers that money can be sent to or taken from; most carry check digits. */

import { bech32Holds, ibanHolds, ibanLength, luhnHolds } from './checks.js';
import { matches, spans } from './spans.js';

/** @typedef {import('./spans.js').Span} Span */

const CARD =
  /(?<![a-zA-Z\d.-])[2-6]\d{3}(?:([ -]?)\d{4}\1\d{4}\1\d{4}|([ -]?)\d{6}\2\d{5})(?![a-zA-Z\d-])/gu;

/** @param {string} folded @returns {Span[]} */
export function cardsIn(folded) {
  return matches(folded, CARD)
    .filter(({ text }) => luhnHolds(text.replaceAll(/\D/g, '')))
    .map(({ start, end }) => ({ start, end }));
}

const IBAN = /(?<![a-zA-Z\d])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}/giu;

/** @param {string} folded @returns {Span[]} */
export function ibansIn(folded) {
  return matches(folded, IBAN).flatMap(({ start, text }) => {
    const length = ibanLength(text.slice(0, 2).toUpperCase());
    const written = shortest(text, length);
    const iban = written.replaceAll(' ', '').toUpperCase();
    const holds = length > 0 && iban.length === length && ibanHolds(iban);
    return holds ? [{ start, end: start + written.length }] : [];
  });
}

/** The beginning with that many signs other than spaces. @param {string} text @param {number} length */
function shortest(text, length) {
  return new RegExp(`^(?: *[^ ]){0,${length}}`, 'u').exec(text)?.[0] ?? '';
}

const SEGWIT = /(?<![a-zA-Z\d])(?:bc1|ltc1)[02-9ac-hj-np-z]{11,71}(?![a-zA-Z\d])/giu;
const CRYPTO = [
  /(?<![a-zA-Z\d])0x[0-9a-f]{40}(?![a-zA-Z\d])/giu, // Ethereum
  // Bitcoin, Dogecoin, Tron, Monero: base 58 has all three kinds of signs
  /(?<![a-zA-Z\d])(?=\w*[a-z])(?=\w*[A-Z])(?=\w*\d)(?:[13][1-9A-HJ-NP-Za-km-z]{25,33}|D[1-9A-HJ-NP-Za-km-z]{33}|T[1-9A-HJ-NP-Za-km-z]{33}|4[0-9AB][1-9A-HJ-NP-Za-km-z]{93})(?![a-zA-Z\d])/gu,
];

/** @param {string} folded @returns {Span[]} */
export function cryptoIn(folded) {
  const segwit = matches(folded, SEGWIT)
    .filter(({ text }) => bech32Holds(text.toLowerCase()))
    .map(({ start, end }) => ({ start, end }));
  return [...segwit, ...spans(folded, CRYPTO)];
}
