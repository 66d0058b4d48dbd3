/**
 * Whether a line goes out at once or is held for a second look. Each kind of
 * finding holds a line once in a tab; from then on it passes. A held line can
 * always be sent: nothing here refuses.
 */

import { findingsIn } from './nudges.js';

/** @import { Finding, NudgeCode } from './nudges.js' */

const STORAGE_KEY = 'strangerspace.nudged';

/**
 * @typedef {object} Held
 * @property {'hold'} kind
 * @property {readonly NudgeCode[]} codes new ones only, in the order of the text
 * @property {readonly Finding[]} findings those of the codes
 */

/** @typedef {{kind: 'send'} | Held} Verdict */

/**
 * @typedef {object} Hold what was held so far, and what that means for a line
 * @property {ReadonlySet<string>} seen
 * @property {(text: string) => Verdict} judge
 * @property {(codes: Iterable<string>) => Hold} after these were held
 */

/** @param {Iterable<string>} [seen] codes that were held before @returns {Hold} */
export function createHold(seen = []) {
  const known = new Set(seen);
  return {
    seen: known,
    judge(text) {
      const findings = findingsIn(text).filter(({ code }) => !known.has(code));
      const codes = [...new Set(findings.map(({ code }) => code))];
      return codes.length > 0 ? { kind: 'hold', codes, findings } : { kind: 'send' };
    },
    after: (codes) => createHold([...known, ...codes]),
  };
}

/**
 * The hold of this tab: `judge` also remembers.
 *
 * @param {Pick<Storage, 'getItem' | 'setItem'>} storage lasts as long as the tab
 */
export function createTabHold(storage) {
  let hold = createHold(storage.getItem(STORAGE_KEY)?.split(' ').filter(Boolean));
  return {
    /** @param {string} text @returns {Verdict} */
    judge(text) {
      const verdict = hold.judge(text);
      if (verdict.kind === 'hold') {
        hold = hold.after(verdict.codes);
        storage.setItem(STORAGE_KEY, [...hold.seen].join(' '));
      }
      return verdict;
    },
  };
}
