/** E-mail addresses, written plainly or spelled out to slip past filters. */

import { phrases, spans } from './spans.js';

/** @typedef {import('./spans.js').Span} Span */

const AT = '(?:\\(at\\)|\\[at\\]|\\{at\\}|at|arroba|arobase|aet|ät|एट|アットマーク)';
const DOT = '(?:\\.|\\(dot\\)|\\[dot\\]|\\{dot\\}|dot|punto|ponto|point|punkt|डॉट|ドット)';
const PROVIDERS =
  '(?:g ?mail|google mail|hot ?mail|outlook|yahoo|icloud|proton(?:mail)?|gmx|web|live|' +
  'aol|yandex|mail|uol|bol|terra|orange|laposte|free|t-online|rediff(?:mail)?|qq|' +
  'naver|docomo|जीमेल|याहू|ジーメール)';
const END = '(?:com?|net|org|de|es|fr|br|pt|in|jp|uk|me|ru|कॉम|コム)';

const EMAIL = [
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,5}\p{L}{2,24}(?![\p{L}\p{N}])/gu,
  ...phrases([
    `(?<![\\p{L}\\p{N}])[\\p{L}\\p{N}._-]{2,64} ?(?:@|${AT}) ?${PROVIDERS} ?${DOT} ?${END}(?!\\p{L})`,
  ]),
];

/** @param {string} folded @returns {Span[]} */
export function emailsIn(folded) {
  return spans(folded, EMAIL);
}
