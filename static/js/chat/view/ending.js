/** After: how it ended, what was kept, and the way on. */

import { part, say, setText, show } from './dom.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** @param {ViewContext} context */
export function createEndingView({ root, words }) {
  /** @param {State} state */
  const draw = (state) => {
    show(part(root, 'ending'), state.stage === 'ended');
    setText(part(root, 'ended-words'), state.ended?.words ?? '');
    say(part(root, 'farewell-words'), words.farewell(state.ended?.farewell ?? null));
    say(part(root, 'receipt'), words.receipt(state.ended?.receipt ?? null));
    show(part(root, 'transcript-title'), state.lines.length > 0);
    setText(part(root, 'away-title'), words.awayTitle(state));
    setText(part(root, 'problem'), words.awayWords(state));
    setText(part(root, 'rejoin-words'), words.rejoin(state));
    show(
      /** @type {HTMLElement} */ (root.querySelector('[data-action="rejoin"]')),
      state.stage !== 'failed' || state.problem?.canRetry === true,
    );
  };
  return { draw };
}
