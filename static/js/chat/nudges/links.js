/**
 * Links in text, and where they really lead. Only what a browser would open over
 * https to a named host of the public net is a link; everything else stays text.
 */

import { matches } from './spans.js';

/**
 * @typedef {object} Link
 * @property {number} start
 * @property {number} end
 * @property {string} text as written
 * @property {string} domain where it leads, in ASCII: look-alike letters show
 * @property {string} href always https
 */

/** Ends of a name that hardly ever stand in a sentence by mistake. */
const PLAIN_ENDS =
  'com|net|org|info|biz|xyz|ru|uk|jp|br|fr|nl|pl|cz|hu|cn|kr|mx|cl|nz|gov|edu|dev|app|' +
  'icu|vip|xxx|onl|ly|tv|gl|wtf|ws|tk|ml|cf|gq|cc';

/** Ends that are words or files too: a link only with a path or a known host. */
const WORD_ENDS =
  'me|gg|be|to|in|it|is|so|us|de|es|pt|at|ch|se|no|fi|dk|co|ai|la|im|my|id|ph|sh|st|io|' +
  'eu|ca|au|lol|live|chat|link|site|online|club|shop|store|top|fun|cam|click|fans|page|ee';

const KNOWN_HOSTS =
  'youtu\\.be|t\\.me|wa\\.me|discord\\.gg|twitch\\.tv|redd\\.it|amzn\\.to|fb\\.me|' +
  'ig\\.me|paypal\\.me|cash\\.app|linktr\\.ee|onlyfans\\.com|bit\\.ly|s\\.id|m\\.me';

const LABEL = '[a-z\\d](?:[a-z\\d-]{0,61}[a-z\\d])?';
const HOST = `(?:${LABEL}\\.){1,6}`;
const TAIL = '[^\\s<>"\\p{Cc}\\p{Cf}]{0,1900}';
/** Letters that could make a name longer; scripts without spaces are none. */
const LETTER = '\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{N}';
const BEFORE = `(?<![${LETTER}@._/\\-])`;

const LINK = new RegExp(
  [
    `${BEFORE}https?://${TAIL}`,
    `${BEFORE}www\\.${TAIL}`,
    `${BEFORE}(?:${KNOWN_HOSTS})(?:/${TAIL})?(?![${LETTER}@.-])`,
    `${BEFORE}${HOST}(?:${PLAIN_ENDS})(?![${LETTER}@-]|\\.[${LETTER}])(?:[/?#]${TAIL})?`,
    `${BEFORE}${HOST}(?:${WORD_ENDS})/${TAIL}`,
  ].join('|'),
  'giu',
);

/** Endings that belong to the sentence, not to the address. */
const TRAILING = /[.,;:!?'"*_~。、！？」』）］»…]+$/u;

/** @param {string} text @returns {Link[]} in order */
export function linksIn(text) {
  return matches(text, LINK).flatMap(({ start, text: found }) => {
    const written = trimmed(found);
    const url = openable(written);
    const link = { start, end: start + written.length, text: written };
    return url ? [{ ...link, domain: url.hostname, href: url.href }] : [];
  });
}

/**
 * @typedef {object} Part of a message
 * @property {'text' | 'link'} kind
 * @property {string} text
 * @property {string} domain empty for text
 * @property {string} href empty for text
 */

/**
 * A message cut into words and links; put together again, the texts are the text.
 *
 * @param {string} text
 * @returns {Part[]}
 */
export function partsOf(text) {
  /** @type {Part[]} */
  const parts = [];
  let at = 0;
  for (const { start, end, ...link } of linksIn(text)) {
    parts.push(plain(text.slice(at, start)), { kind: 'link', ...link });
    at = end;
  }
  parts.push(plain(text.slice(at)));
  return parts.filter((part) => part.text !== '');
}

/** @param {string} text @returns {Part} */
function plain(text) {
  return { kind: 'text', text, domain: '', href: '' };
}

/** @param {string} found @returns {string} */
function trimmed(found) {
  const bare = found.replace(TRAILING, '');
  const unopened = bare.endsWith(')') && !bare.includes('(');
  return unopened ? trimmed(bare.slice(0, -1)) : bare;
}

/** @param {string} written @returns {URL | null} null: nothing that may be opened */
function openable(written) {
  const bare = written.replace(/^https?:\/\//iu, '');
  const url = URL.canParse(`https://${bare}`) ? new URL(`https://${bare}`) : null;
  return url && named(url) ? url : null;
}

/**
 * A public name without credentials: no address in numbers, no machine of the
 * reader's own network, no `https://bank.example@elsewhere.example`.
 *
 * @param {URL} url
 */
function named({ hostname, username, password }) {
  const labels = hostname.split('.');
  const end = labels.at(-1) ?? '';
  const inside = /^(?:local|localhost|internal|lan|home|test|invalid|onion)$/u.test(
    end,
  );
  return (
    labels.length > 1 &&
    /^(?:[a-z]{2,24}|xn--[a-z0-9-]+)$/u.test(end) &&
    !inside &&
    `${username}${password}` === ''
  );
}
