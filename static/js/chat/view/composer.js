/** Where you write. Enter sends, Shift+Enter begins a line, Escape goes to the stage. */

import { action, part, setText } from './dom.js';
import { createHoldView } from './hold.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** @param {ViewContext} context */
export function createComposerView(context) {
  const { root, session, words } = context;
  const form = part(root, 'composer-form');
  const text = /** @type {HTMLTextAreaElement} */ (part(root, 'composer'));
  const problem = part(root, 'composer-problem');
  /** @type {string | null} */
  let partner = null;

  const hold = createHoldView(context, (at) => {
    text.focus();
    if (at) {
      text.setSelectionRange(at.start, at.end);
    }
  });
  const take = () => {
    if (session.actions.sendText(text.value)) {
      text.value = '';
      setText(problem, '');
      session.actions.setTyping(false);
    } else {
      setText(problem, words.notTaken());
    }
  };
  const send = () => {
    if (text.value.trim() !== '') {
      hold.before(text.value, take);
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
    if (!hold.isOpen()) {
      text.focus();
    }
  });
  text.addEventListener('input', () => {
    hold.close();
    setText(problem, '');
    session.actions.setTyping(text.value !== '');
  });
  text.addEventListener('blur', () => session.actions.setTyping(false));
  text.addEventListener('keydown', (event) => {
    // While a word is being composed, Enter belongs to the keyboard.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      // A key held down neither sends twice nor runs through a second look.
      if (!event.repeat) {
        send();
      }
    } else if (event.key === 'Escape' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      part(root, 'stage').focus();
    }
  });
  /** @param {State} state */
  const draw = (state) => {
    const handle = state.partner?.handle ?? null;
    if (handle !== partner) {
      // What was meant for one stranger is never left for the next.
      partner = handle;
      text.value = '';
      setText(problem, '');
      hold.close();
    }
    action(root, 'send').disabled = state.stage !== 'talking';
  };
  return { draw, focus: () => text.focus() };
}
