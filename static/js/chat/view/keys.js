/**
 * Keys of the stage. Single letters work only while the stage has the focus
 * (WCAG 2.1.4); Shift+Escape stops from anywhere.
 */

import { part, show } from './dom.js';

/**
 * @param {HTMLElement} root
 * @param {object} keys
 * @param {() => boolean} keys.talking
 * @param {() => void} keys.next
 * @param {() => void} keys.stop
 * @param {Readonly<Record<string, () => void>>} keys.letters by lower-case key
 */
export function listenToKeys(root, { talking, next, stop, letters }) {
  const stage = part(root, 'stage');
  const question = part(root, 'next-question');
  const asked = () => !question.hidden;

  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && event.shiftKey) {
      event.preventDefault();
      stop();
    }
  });
  stage.addEventListener('keydown', (event) => {
    if (event.target !== stage || !plain(event) || !talking()) {
      return;
    }
    const key = event.key.toLowerCase();
    const leaves = key === 'escape' || key === 'n';
    const sure = leaves && asked();
    show(question, leaves && !sure);
    if (sure) {
      next();
    } else if (Object.hasOwn(letters, key)) {
      event.preventDefault();
      letters[key]?.();
    }
  });
  stage.addEventListener('blur', () => show(question, false));
}

/** @param {KeyboardEvent} event */
function plain(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
  return !modified && !event.repeat;
}
