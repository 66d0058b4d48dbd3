/**
 * What somebody may regret to have sent, or should look at twice: found on the
 * device, told to nobody else. Pure: text in, findings out.
 *
 * Patterns know English, Spanish, Portuguese, French, German, Hindi (both scripts)
 * and Japanese; numbers, addresses and links are the same everywhere. They are a
 * nudge and no filter: who wants to get around them can.
 */

import { cardsIn, cryptoIn, ibansIn } from './nudges/accounts.js';
import { addressesIn } from './nudges/address.js';
import { youngAgesIn } from './nudges/age.js';
import { emailsIn } from './nudges/contact.js';
import { elsewhereIn } from './nudges/elsewhere.js';
import { fold } from './nudges/fold.js';
import { linksIn } from './nudges/links.js';
import { giftCardsIn, paymentsIn, requestsIn } from './nudges/money.js';
import { phonesIn } from './nudges/phone.js';
import { overlap } from './nudges/spans.js';

/** @typedef {import('./nudges/spans.js').Span} Span */

/**
 * - `email`, `phone`, `address`: where to reach or find the writer
 * - `elsewhere`: a name on another service, or an invitation to go there
 * - `link`
 * - `card`, `iban`, `crypto`: numbers for money; `payment`: a payment service
 * - `gift_card`, `money`: asked for
 * - `under_age`: the writer states an age under 18 as their own
 *
 * @typedef {'email' | 'phone' | 'address' | 'elsewhere' | 'link' | 'card' | 'iban'
 *   | 'crypto' | 'payment' | 'gift_card' | 'money' | 'under_age'} NudgeCode
 */

/** @typedef {Span & {code: NudgeCode}} Finding a span of the text as it was given */

/** @typedef {(text: string) => readonly Span[]} Detector */

/** Each sign of the text belongs to the first of these that claims it. */
const WRITTEN = /** @type {const} */ ([
  ['link', linksIn],
  ['email', emailsIn],
  ['iban', ibansIn],
  ['card', cardsIn],
  ['crypto', cryptoIn],
  ['phone', phonesIn],
  ['address', addressesIn],
]);

/** These are about a whole sentence, whatever else is in it. */
const SAID = /** @type {const} */ ([
  ['elsewhere', elsewhereIn],
  ['payment', paymentsIn],
  ['gift_card', giftCardsIn],
  ['money', requestsIn],
  ['under_age', youngAgesIn],
]);

/** @param {string} text @returns {Finding[]} in the order of the text */
export function findingsIn(text) {
  const folded = fold(text);
  /** @type {Finding[]} */
  const found = [];
  for (const [code, detect] of WRITTEN) {
    take(found, code, detect(folded), () => true);
  }
  for (const [code, detect] of SAID) {
    take(found, code, detect(folded), (other) => other.code === code);
  }
  return found.sort((one, other) => one.start - other.start);
}

/** @param {string} text whether its writer states an age under 18 as their own */
export function statesYoungAge(text) {
  return youngAgesIn(fold(text)).length > 0;
}

/**
 * @param {Finding[]} found grows
 * @param {NudgeCode} code
 * @param {readonly Span[]} spans
 * @param {(other: Finding) => boolean} rivals what no two may claim
 */
function take(found, code, spans, rivals) {
  for (const { start, end } of spans) {
    const finding = { code, start, end };
    if (!found.some((other) => rivals(other) && overlap(finding, other))) {
      found.push(finding);
    }
  }
}
