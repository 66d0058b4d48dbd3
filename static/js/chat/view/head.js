/** Who the other is, and what is true now. */

import { drawList, part, say, setText } from './dom.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** @param {ViewContext} context */
export function createHeadView({ root, words, languageName }) {
  const badges = part(root, 'badges');

  /** @param {State} state */
  const draw = (state) => {
    setText(part(root, 'partner-handle'), state.partner?.handle ?? '');
    say(part(root, 'partner-facts'), words.partnerFacts(state.partner, languageName));
    drawList(badges, state.partner?.badges ?? [], {
      key: (badge) => badge,
      make: () => document.createElement('li'),
      draw: (item, badge) => setText(item, words.badge(badge)),
    });
    say(part(root, 'secrecy'), words.secrecy(state));
    say(part(root, 'route'), words.route(state));
    say(part(root, 'ladder-step'), words.ladderStep(state));
    say(part(root, 'shared'), words.shared(state));
  };
  return { draw };
}
