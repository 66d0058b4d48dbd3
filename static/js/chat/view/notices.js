/** Things to be said once, until they are understood. */

import { createAgeNotices } from './age_notices.js';
import { action, drawList, part, piece, setData, setText } from './dom.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('../types.js').Notice} Notice */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** @param {ViewContext} context */
export function createNoticesView({ root, session, words }) {
  const ages = createAgeNotices(words);

  /** @param {HTMLElement} element @param {Notice} notice */
  const drawNotice = (element, notice) => {
    setData(element, 'code', notice.code);
    setText(part(element, 'notice-words'), notice.words);
    action(element, 'dismiss').onclick = () => dismiss(notice.key);
  };
  /** @param {string} key */
  const dismiss = (key) => {
    if (ages.dismiss(key)) {
      draw(session.getState());
    } else {
      session.actions.dismissNotice(key);
    }
  };
  /** @param {State} state */
  const draw = (state) =>
    drawList(part(root, 'notices'), [...state.notices, ...ages.of(state)], {
      key: (notice) => notice.key,
      make: () => piece(root, 'notice-piece'),
      draw: drawNotice,
    });
  return { draw };
}
