/**
 * Text made even for patterns, unit by unit: what is found in it lies at the same
 * place in the original. Accents go from Latin letters, wide forms and other
 * scripts' digits become ASCII, all dashes, quotes and spaces become plain ones.
 * Case stays: some patterns need it.
 */

/** Zeros of the decimal digits of scripts in wide use; nine digits follow each. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xe50];

/** @type {Readonly<Record<string, string>>} */
const PLAIN = {
  '\u2018': "'",
  '\u2019': "'",
  '\u02bc': "'",
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '\u301c': '-',
};

/** @param {string} text @returns {string} of the same length */
export function fold(text) {
  return text.replace(/[\u0080-\uffff]/g, foldUnit);
}

/** @param {string} unit one UTF-16 unit */
function foldUnit(unit) {
  return PLAIN[unit] ?? digitOf(unit) ?? letterOf(unit);
}

/** @param {string} unit */
function digitOf(unit) {
  const code = unit.charCodeAt(0);
  const zero = ZEROS.find((first) => code >= first && code < first + 10);
  return zero === undefined ? undefined : String(code - zero);
}

/** @param {string} unit the same unless it is an ASCII letter with something added */
function letterOf(unit) {
  const [base = unit, ...marks] = unit.normalize('NFKD');
  const bare = /[ -~]/.test(base) && marks.every((mark) => /\p{M}/u.test(mark));
  return bare ? base : unit;
}
