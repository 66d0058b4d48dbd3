/** The bar: what can be done now, with the word that says what it does. */

import { action, part, setAttribute, setText, show } from './dom.js';
import { layoutOf, stepDown, stepUp } from './reading.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** @param {ViewContext} context */
export function createBarView({ root, words }) {
  /** @param {State} state */
  const drawDevices = (state) => {
    const calling = layoutOf(state) === 'call';
    const { microphone, camera } = state.media;
    show(action(root, 'mute'), calling && microphone !== 'off');
    setAttribute(action(root, 'mute'), 'aria-pressed', String(microphone === 'muted'));
    setText(part(root, 'mute-words'), words.microphone(state));
    show(action(root, 'camera'), calling && sees(state));
    setAttribute(action(root, 'camera'), 'aria-pressed', String(camera !== 'on'));
    setText(part(root, 'camera-words'), words.camera(state));
  };
  /** @param {State} state */
  const drawSteps = (state) => {
    const up = stepUp(state.ladder);
    const down = stepDown(state.ladder);
    show(action(root, 'step-up'), up !== null);
    action(root, 'step-up').disabled = Boolean(state.ladder?.proposal);
    setText(part(root, 'step-up-words'), words.stepUp(up));
    show(action(root, 'step-down'), down !== null);
    setText(part(root, 'step-down-words'), words.stepDown(down));
    show(action(root, 'hang-up'), layoutOf(state) === 'call');
  };
  /** @param {State} state */
  const draw = (state) => {
    drawDevices(state);
    drawSteps(state);
  };
  return { draw };
}

/** @param {State} state a step at which pictures are sent */
function sees(state) {
  return state.ladder?.step === 'blurred' || state.ladder?.step === 'clear';
}
