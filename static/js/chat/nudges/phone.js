/**
 * Phone numbers among all the other numbers that people write. A run of digits
 * counts only in a shape that hardly anything else has: with a country code, with
 * a trunk zero, in a national grouping, or right after words such as "call me".
 * Dates, times, decimals, sums, scores and round numbers are left alone.
 */

import { matches, overlap, phrases, spans } from './spans.js';

/** @typedef {import('./spans.js').Span} Span */

const RUN =
  /(?<![A-Za-z\d$€£¥₹#.,/_-]|[$€£¥₹] )[+(]?\d[\d ().\-/]{5,24}\d(?![A-Za-z\d%:€$£¥₹_]|[.,]\d|\s?[€$£¥₹%])/gu;

/** Dates and times: taken out before anything is counted. */
const CALENDAR = [
  /(?<![\d./-])\d{1,2}([./-])\d{1,2}\1(?:19|20)?\d{2}(?![./-]?\d)/g,
  /(?<![\d./-])(?:19|20)\d{2}([./-])\d{1,2}\1\d{1,2}(?![./-]?\d)/g,
  /(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)/g,
];

/** What people call out before their number. */
const ANNOUNCED = phrases([
  '(?:call|text|ring|phone|whats ?app|dial) me(?: (?:on|at|up at|here))? ?:?',
  "(?:my|cell|mobile|phone|whats ?app) (?:number|no\\.?|nr\\.?|#)(?: is|'s)? ?[:=]?",
  '(?:tel|phone|mobile|cell|whats ?app|telefono|telefone|telephone|telefon)\\.? ?[:=]',
  '(?:mi|meu|mon|meine?) (?:numero|nummer|handynummer|movil|cel(?:ular)?|tel(?:efono|efone|ephone)?|portable|whats ?app|zap)(?: (?:es|e|est|ist|lautet|de telefono|de telephone))?(?: (?:el|o|le))? ?:?',
  '(?:llamame|liga pra mim|me liga|appelle[-\\s]moi|ruf mich an)(?: (?:al|no|en|au|unter))? ?:?',
  '(?:mera|mere|मेरा|मेरे) (?:number|no|nambar|नंबर|नम्बर|फ़ोन नंबर|फोन नंबर|मोबाइल नंबर)(?: (?:hai|है))? ?:?',
  '(?:電話番号|携帯番号|番号|電話|携帯)(?:は|:|：)? ?',
]);

/** Shapes of numbers without a country code, as digits and single gaps. */
const NATIONAL = [
  /^\(?0\d(?:[ ()]*\d){7,11}$/, // a trunk zero, gaps anywhere
  /^\([2-9]\d\d\) ?\d{3} ?\d{4}$/, // North America
  /^1? ?[2-9]\d\d \d{3} \d{4}$/,
  /^[2-9]\d{9}$/, // North America, India and others, in one run
  /^[6-9]\d{4} \d{5}$/, // India
  /^\(\d{2}\) ?9?\d{4} ?\d{4}$/, // Brazil
  /^\d{2} 9\d{4} \d{4}$/,
  /^[1-9]\d9\d{8}$/,
  /^1[3-9]\d{9}$/, // China
  /^1[3-9]\d \d{4} \d{4}$/,
  /^[67]\d{8}$|^9[1236]\d{7}$/, // Spain, Portugal
  /^[679]\d\d \d{3} \d{3}$/,
  /^[67]\d\d \d\d \d\d \d\d$/,
];

/** @param {string} folded @returns {Span[]} */
export function phonesIn(folded) {
  const text = withoutDates(folded);
  const announced = spans(text, ANNOUNCED);
  const runs = matches(text, RUN).filter(
    (run) => isPhone(run.text) || (isLocal(run.text) && follows(run, announced)),
  );
  return [...runs.map(({ start, end }) => ({ start, end })), ...spelledIn(text)];
}

/** @param {string} text */
function withoutDates(text) {
  return CALENDAR.reduce(
    (rest, pattern) => rest.replace(pattern, (date) => '|'.repeat(date.length)),
    text,
  );
}

/** @param {string} written */
function isPhone(written) {
  const digits = written.replaceAll(/\D/g, '');
  if (digits.length < 8 || digits.length > 15 || isSum(written, digits)) {
    return false;
  }
  return (
    isInternational(written, digits) ||
    NATIONAL.some((shape) => shape.test(evenly(written)))
  );
}

/** @param {string} written @param {string} digits */
function isInternational(written, digits) {
  return /^\+[1-9]/.test(written) || (/^00[1-9]/.test(written) && digits.length > 10);
}

/** Round numbers, and decimals. @param {string} written @param {string} digits */
function isSum(written, digits) {
  return /000$/.test(digits) || /^(\d)\1+$/.test(digits) || /^\d\.\d+$/.test(written);
}

/** One space for every gap. @param {string} written */
function evenly(written) {
  return written.replaceAll(/\s*[-./\s]\s*/g, ' ').replaceAll(/\) /g, ')');
}

/** A number for neighbours, which needs words before it. @param {string} written */
function isLocal(written) {
  const digits = written.replaceAll(/\D/g, '');
  return digits.length >= 7 && digits.length <= 15 && !isSum(written, digits);
}

/** @param {Span} run @param {readonly Span[]} announced */
function follows(run, announced) {
  return announced.some(({ end }) => overlap(run, { start: end - 1, end: end + 4 }));
}

/** Zero to nine, then other words for some of them. */
const DIGIT_WORDS = [
  'zero one two three four five six seven eight nine oh',
  'cero uno dos tres cuatro cinco seis siete ocho nueve',
  'zero um dois tres quatro cinco seis sete oito nove meia uma duas',
  'zero un deux trois quatre cinq six sept huit neuf',
  'null eins zwei drei vier funf sechs sieben acht neun zwo',
  'शून्य एक दो तीन चार पांच छह सात आठ नौ पाँच छः',
].map((words) => words.split(' '));
/** Seven digits and more, at least one of them a word, in one language. */
const SPELLED = DIGIT_WORDS.map((words) => {
  const digit = `(?:${words.join('|')}|\\d)`;
  return new RegExp(
    `(?<![\\p{L}\\p{N}])${digit}(?:[\\s,.-]{1,3}${digit}){6,14}(?![\\p{L}\\p{N}])`,
    'giu',
  );
});

/** @param {string} text @returns {Span[]} numbers in words, other than counting */
function spelledIn(text) {
  return SPELLED.flatMap((pattern, language) =>
    matches(text, pattern)
      .filter((found) => !isCounting(found.text, DIGIT_WORDS[language] ?? []))
      .map(({ start, end }) => ({ start, end })),
  );
}

/**
 * Digits alone are no spelled number, and "one two three …" is none either.
 *
 * @param {string} found
 * @param {readonly string[]} words
 */
function isCounting(found, words) {
  const said = found.toLowerCase().split(/[\s,.-]+/);
  const places = said.map((word) => words.indexOf(word));
  const steps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
  return (
    places.every((place) => place === -1) || steps.every((step) => step === steps[0])
  );
}
