/** Before anyone is met: what will happen, then your own picture and voice. */

import { action, attach, maybePart, part, say, setText, show } from './dom.js';
import { followLevel } from './level.js';
import { devicesOpen } from './reading.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** @param {ViewContext} context */
export function createThresholdView({ root, session, words, meter }) {
  const form = part(root, 'threshold');
  const calls = maybePart(form, 'preview') ? createCallThreshold() : null;

  /** @param {State} state */
  const draw = (state) => {
    action(form, 'join').disabled = false;
    show(action(form, 'join'), state.mode === 'text' || answered(state));
    setText(part(form, 'join-words'), words.joinWords(state));
    calls?.draw(state);
  };
  return { draw };

  function createCallThreshold() {
    const title = part(form, 'threshold-title');
    const yes = part(form, 'prepare-words').textContent ?? '';
    const explained = title.textContent ?? '';
    const video = /** @type {HTMLVideoElement} */ (part(form, 'preview-video'));
    const lights = followLevel(meter, part(form, 'preview-meter'));

    /** @param {State} state @param {MediaStream | null} stream */
    const drawExplanation = (state, stream) => {
      show(part(form, 'explanation'), !stream && state.media.problem === null);
      setText(title, stream ? words.ready() : explained);
      show(part(form, 'address-note'), !stream && state.media.problem === null);
      action(form, 'prepare').disabled = false;
      show(action(form, 'prepare'), !asking(state) && !stream);
      setText(
        part(form, 'prepare-words'),
        state.media.problem ? words.askAgain() : yes,
      );
      action(form, 'join').classList.toggle('button--main', stream !== null);
      say(part(form, 'media-problem-words'), state.media.problem ?? '');
      show(part(form, 'media-problem'), state.media.problem !== null);
    };
    /** @param {State} state @param {MediaStream | null} stream */
    const drawPreview = (state, stream) => {
      show(part(form, 'preview'), stream !== null || asking(state));
      show(video, state.media.camera === 'on');
      setText(part(form, 'preview-words'), words.previewWords(state));
      attach(video, stream);
      lights.follow(stream);
    };
    /** @param {State} state */
    const drawCalls = (state) => {
      const here = state.stage === 'idle' || state.stage === 'preparing';
      const stream = here && devicesOpen(state) ? session.streams.local() : null;
      drawExplanation(state, stream);
      drawPreview(state, stream);
    };
    return { draw: drawCalls };
  }
}

/** The browser is asking for camera or microphone. @param {State} state */
function asking(state) {
  return (
    state.stage === 'preparing' && !devicesOpen(state) && state.media.problem === null
  );
}

/** The browser has answered, yes or no. @param {State} state */
function answered(state) {
  return devicesOpen(state) || state.media.problem !== null;
}
