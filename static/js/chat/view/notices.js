/** Things to be said once, until they are understood. */

import { action, drawList, part, piece, setData, setText } from './dom.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('../types.js').Notice} Notice */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** @param {ViewContext} context */
export function createNoticesView({ root, session }) {
  /** @param {HTMLElement} element @param {Notice} notice */
  const drawNotice = (element, notice) => {
    setData(element, 'code', notice.code);
    setText(part(element, 'notice-words'), notice.words);
    action(element, 'dismiss').onclick = () =>
      session.actions.dismissNotice(notice.key);
  };
  /** @param {State} state */
  const draw = (state) =>
    drawList(part(root, 'notices'), state.notices, {
      key: (notice) => notice.key,
      make: () => piece(root, 'notice-piece'),
      draw: drawNotice,
    });
  return { draw };
}
