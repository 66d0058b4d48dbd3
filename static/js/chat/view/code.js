/** The safety code: five pictures at a glance, seven on request. */

import { action, drawList, part, piece, setAttribute, setText } from './dom.js';
import { stepOf } from './reading.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('../types.js').SafetyEmoji} SafetyEmoji */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

const AT_A_GLANCE = 5;

/** @param {ViewContext} context */
export function createCodeView({ root, session, words }) {
  let whole = false;

  /** @param {State} state */
  const draw = (state) => {
    const code = state.safetyCode ?? [];
    const glance = code.slice(0, AT_A_GLANCE);
    setText(part(root, 'safety-code'), glance.map(({ emoji }) => emoji).join(''));
    part(root, 'code-button').classList.toggle(
      'code-button--compared',
      state.comparedByYou,
    );
    drawList(part(root, 'code-emoji'), numbered(whole ? code : glance), {
      key: ({ place, name }) => `${place} ${name}`,
      make: () => piece(root, 'emoji-piece'),
      draw: drawEmoji,
    });
    setText(part(root, 'code-advice'), words.codeAdvice(state));
    action(root, 'compare-code').disabled =
      state.comparedByYou || stepOf(state) === 'text';
    setAttribute(action(root, 'whole-code'), 'aria-expanded', String(whole));
  };
  const toggle = () => {
    whole = !whole;
    draw(session.getState());
  };
  return { draw, toggle };
}

/** @param {readonly SafetyEmoji[]} code the same picture may come twice */
function numbered(code) {
  return code.map((one, place) => ({ ...one, place }));
}

/** @param {HTMLElement} element @param {SafetyEmoji} one */
function drawEmoji(element, { emoji, name }) {
  setText(part(element, 'emoji-sign'), emoji);
  setText(part(element, 'emoji-name'), name);
}
