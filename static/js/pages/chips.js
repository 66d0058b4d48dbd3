/** A list of interests as chips, with an entry for one more. */

import { action, drawList, part, piece, setText } from '../chat/view/dom.js';
import { interestsIn, withInterest } from './interest_list.js';

/**
 * Enter and comma take what was typed; Backspace in an empty entry takes the
 * last chip away.
 *
 * @param {object} where
 * @param {ParentNode} where.root has the piece of a chip
 * @param {HTMLElement} where.list
 * @param {HTMLInputElement} where.entry
 * @param {(interests: readonly string[]) => void} [where.onChange] by the person
 */
export function createChips({ root, list, entry, onChange = () => {} }) {
  /** @type {readonly string[]} */
  let interests = [];

  /** @param {readonly string[]} next */
  const set = (next) => {
    interests = next;
    drawList(list, interests, {
      key: (text) => text,
      make: () => piece(root, 'chip-piece'),
      draw: drawChip,
    });
    list.hidden = interests.length === 0;
  };
  /** @param {readonly string[]} next */
  const change = (next) => {
    set(next);
    onChange(interests);
  };
  /** @param {HTMLElement} chip @param {string} text */
  const drawChip = (chip, text) => {
    setText(part(chip, 'chip-text'), text);
    setText(part(chip, 'chip-name'), text);
    action(chip, 'remove-chip').onclick = () => {
      entry.focus();
      change(interests.filter((other) => other !== text));
    };
  };
  const take = () => {
    const next = interestsIn(entry.value).reduce(withInterest, [...interests]);
    entry.value = '';
    if (next.length > interests.length) {
      change(next);
    }
  };
  entry.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ',') {
      // An empty Enter still sends the form.
      if (event.key === ',' || entry.value.trim() !== '') {
        event.preventDefault();
      }
      take();
    } else if (
      event.key === 'Backspace' &&
      entry.value === '' &&
      interests.length > 0
    ) {
      change(interests.slice(0, -1));
    }
  });
  return { set, take, get: () => interests };
}
