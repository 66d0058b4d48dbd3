/** E-mail addresses, written plainly or spelled out to slip past filters. */

import { phrases, spans } from './spans.js';

/** @typedef {import('./spans.js').Span} Span */

const AT = '(?:\\(at\\)|\\[at\\]|\\{at\\}|at|arroba|arobase|aet|ät|एट|アットマーク)';
const DOT =
  '(?:\\.|\\(dot\\)|\\[dot\\]|\\{dot\\}|dot|punto|ponto|point|punkt|डॉट|ドット)';
const PROVIDERS =
  '(?:g ?mail|google mail|hot ?mail|outlook|yahoo|icloud|proton(?:mail)?|gmx|web|live|' +
  'aol|yandex|mail|uol|bol|terra|orange|laposte|free|t-online|rediff(?:mail)?|qq|' +
  'naver|docomo|जीमेल|याहू|ジーメール)';
const END = '(?:com?|net|org|de|es|fr|br|pt|in|jp|uk|me|ru|कॉम|コム)';

const EMAIL = [
  /(?<![a-z\d._%+-])[a-z\d._%+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,5}[a-z]{2,24}(?![a-z\d])/gi,
  ...phrases([
    `(?<![a-z\\d])[a-z\\d._-]{2,64} ?(?:@|${AT}) ?${PROVIDERS} ?${DOT} ?${END}(?![a-z])`,
  ]),
];

/** @param {string} folded @returns {Span[]} */
export function emailsIn(folded) {
  return spans(folded, EMAIL);
}
