/** One calm line: a lost connection, a partner who is away, and how long still. */

import { action, part, setData, setText, show } from './dom.js';
import { contactOf, contactUntil } from './reading.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

const SECOND_MS = 1000;

/** @param {ViewContext} context */
export function createContactView({ root, words, now }) {
  const line = part(root, 'contact');
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticking;

  /** @param {State} state the seconds stand outside of what is read aloud */
  const drawSeconds = (state) => {
    const until = contactUntil(state);
    const seconds = until === null ? null : Math.ceil((until - now()) / SECOND_MS);
    setText(part(root, 'contact-seconds'), words.seconds(seconds));
  };

  /** @param {State} state */
  const draw = (state) => {
    clearInterval(ticking);
    setData(line, 'contact', contactOf(state));
    setText(part(root, 'contact-words'), words.contact(state));
    show(action(root, 'come-back'), contactOf(state) === 'elsewhere');
    drawSeconds(state);
    if (contactUntil(state) !== null) {
      ticking = setInterval(() => drawSeconds(state), SECOND_MS);
    }
  };
  return { draw };
}
