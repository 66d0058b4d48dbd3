/** Interests as a person types them: cleaned, each once, at most ten. Pure. */

/** The server's own limits (`identity/domain/preferences.py`, `hello.limits`). */
export const MOST_INTERESTS = 10;
export const LONGEST_INTEREST = 32;

/** @param {string} text separated by commas @returns {string[]} */
export function interestsIn(text) {
  return text.split(',').reduce(withInterest, /** @type {string[]} */ ([]));
}

/**
 * @param {readonly string[]} interests
 * @param {string} text one more
 * @returns {string[]} the same when it is empty, there already, or one too many
 */
export function withInterest(interests, text) {
  const cleaned = [...text.normalize('NFC').replaceAll(/\s+/g, ' ').trim()]
    .slice(0, LONGEST_INTEREST)
    .join('')
    .trim();
  const known = interests.some((other) => fold(other) === fold(cleaned));
  return cleaned === '' || known || interests.length >= MOST_INTERESTS
    ? [...interests]
    : [...interests, cleaned];
}

/** @param {string} text */
function fold(text) {
  return text.normalize('NFKC').toLowerCase();
}
