/**
 * Text of a stranger, in which a link does nothing until it is pressed twice: the
 * first press says where it really leads, the second opens it, in a tab that
 * learns nothing of this one. Left alone, it goes to sleep again.
 */

import { partsOf } from '../nudges/links.js';
import { action, part, piece, setAttribute, setText, show } from './dom.js';

/** @typedef {import('../nudges/links.js').Part} Part */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** ms in which a second press is still the end of a double click. */
const DOUBLE_CLICK_MS = 500;

/** @param {Pick<ViewContext, 'root' | 'words'>} context */
export function createLinkText({ root, words }) {
  /** @type {WeakMap<HTMLElement, string>} */
  const drawn = new WeakMap();

  /** @param {Part} link */
  const asleep = (link) => {
    const element = piece(root, 'link-piece');
    const button = action(element, 'show-link');
    const open = /** @type {HTMLAnchorElement} */ (part(element, 'link-open'));
    let shownAt = 0;

    setText(button, link.text);
    button.addEventListener('click', ({ timeStamp }) => {
      shownAt = timeStamp;
      setText(open, words.openLink(link.domain));
      setAttribute(open, 'href', link.href);
      show(button, false);
      show(open, true);
      open.focus();
    });
    open.addEventListener('click', (event) => {
      if (event.timeStamp - shownAt < DOUBLE_CLICK_MS) {
        event.preventDefault();
      }
    });
    open.addEventListener('blur', () => {
      open.removeAttribute('href');
      show(open, false);
      show(button, true);
    });
    return element;
  };

  /** @param {HTMLElement} element @param {string} text drawn anew only if it changed */
  const draw = (element, text) => {
    if (drawn.get(element) !== text) {
      drawn.set(element, text);
      element.replaceChildren(
        ...partsOf(text).map((one) => (one.kind === 'link' ? asleep(one) : one.text)),
      );
    }
  };
  return { draw };
}
