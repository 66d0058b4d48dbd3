/**
 * A word when somebody in the conversation states an age under 18: once for each
 * of the two, until it is understood. It accuses nobody and ends nothing.
 */

import { statesYoungAge } from '../nudges.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('../types.js').Line} Line */
/** @typedef {import('../types.js').Notice} Notice */

/** @param {Pick<import('./words.js').Words, 'ageNotice'>} words */
export function createAgeNotices(words) {
  /** @type {WeakMap<Line, boolean>} */
  const read = new WeakMap();
  /** @type {Set<string>} */
  const understood = new Set();
  /** @type {string | null} */
  let partner = null;

  /** @param {Line} line a line is replaced when it changes, never changed */
  const isYoung = (line) => {
    const known = read.get(line);
    const young = known ?? statesYoungAge(line.text);
    read.set(line, young);
    return young;
  };
  /** @param {State} state */
  const meet = (state) => {
    const handle = state.partner?.handle ?? null;
    if (handle !== partner) {
      partner = handle;
      understood.clear();
    }
  };
  /** @param {State} state @returns {Notice[]} */
  const of = (state) => {
    meet(state);
    if (state.stage !== 'talking') {
      return [];
    }
    const writers = new Set(state.lines.filter(isYoung).map(({ who }) => who));
    return [...writers]
      .map((who) => ({
        key: `under-age-${who}`,
        code: 'under_age',
        words: words.ageNotice(who),
      }))
      .filter(({ key }) => !understood.has(key));
  };
  /** @param {string} key @returns {boolean} whether it is one of these */
  const dismiss = (key) => {
    const own = key.startsWith('under-age-');
    if (own) {
      understood.add(key);
    }
    return own;
  };
  return { of, dismiss };
}
