/** Where in a text something is: the small tools that all detectors share. */

/**
 * @typedef {object} Span half open, in UTF-16 units
 * @property {number} start
 * @property {number} end
 */

/**
 * @param {string} text
 * @param {RegExp} pattern global
 * @returns {(Span & {text: string})[]}
 */
export function matches(text, pattern) {
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match[0],
  }));
}

/** @param {string} text @param {readonly RegExp[]} patterns global @returns {Span[]} */
export function spans(text, patterns) {
  return patterns.flatMap((pattern) =>
    matches(text, pattern).map(({ start, end }) => ({ start, end })),
  );
}

/** @param {Span} one @param {Span} other */
export function overlap(one, other) {
  return one.start < other.end && other.start < one.end;
}

/**
 * Patterns written as a person writes the words: a space stands for a few, ` ?`
 * for a few or none. All ignore case, and `^` and `$` are those of a line.
 *
 * @param {readonly string[]} sources
 * @returns {RegExp[]}
 */
export function phrases(sources) {
  return sources.map((source) => {
    const spaced = source.replaceAll(' ?', '\\s{0,3}').replaceAll(' ', '\\s{1,3}');
    return new RegExp(spaced, 'gimu');
  });
}
