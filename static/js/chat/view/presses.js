/** What each button and key does: a press becomes one action of the session. */

import { action, part, setAttribute, setData } from './dom.js';
import { listenToKeys } from './keys.js';
import { stepDown, stepUp } from './reading.js';

/** @typedef {import('../types.js').Session} Session */
/** @typedef {import('../types.js').Farewell} Farewell */
/** @typedef {import('./talk.js').ViewContext} ViewContext */
/** @typedef {Readonly<Record<string, () => void>>} Presses by `data-action` */

/**
 * @typedef {object} Views those with buttons of their own
 * @property {ReturnType<typeof import('./lobby.js').createLobbyView>} lobby
 * @property {ReturnType<typeof import('./stage.js').createStageView>} stage
 * @property {ReturnType<typeof import('./composer.js').createComposerView>} composer
 * @property {ReturnType<typeof import('./messages.js').createMessagesView>} messages
 * @property {ReturnType<typeof import('./code.js').createCodeView>} code
 * @property {ReturnType<typeof import('./call_consent.js').createCallConsent>} consent
 */

/** @param {ViewContext} context @param {Views} views */
export function listenToPresses({ root, session }, views) {
  const { actions } = session;
  const presses = {
    ...meetingPresses(session, views),
    ...ladderPresses(session, views),
    ...pagePresses(root, views),
  };
  root.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    /** @type {Presses} */ (presses)[button?.dataset.action ?? '']?.();
    if (button?.dataset.farewell) {
      actions.next(/** @type {Farewell} */ (button.dataset.farewell));
    }
  });
  listenToKeys(root, {
    talking: () => session.getState().stage === 'talking',
    next: () => actions.next(),
    stop: actions.stop,
    letters: {
      m: () => pressShown(root, 'mute'),
      v: () => pressShown(root, 'camera'),
      b: () => pressShown(root, 'step-down'),
      y: () => pressShown(root, 'accept'),
      t: views.composer.focus,
    },
  });
}

/** @param {Session} session @param {Views} views @returns {Presses} */
function meetingPresses({ actions }, { lobby }) {
  return {
    prepare: () => void actions.prepareMedia(),
    join: () => void actions.join(lobby.wanted()),
    'leave-queue': actions.leaveQueue,
    widen: lobby.widen,
    'keep-waiting': lobby.keepWaiting,
    next: () => actions.next(),
    'again-join': () => actions.next(),
    rejoin: () => void actions.rejoin(),
    'come-back': actions.comeBack,
    stop: actions.stop,
  };
}

/** @param {Session} session @param {Views} views @returns {Presses} */
function ladderPresses({ actions, getState }, { consent }) {
  const goUp = () => {
    const step = stepUp(getState().ladder);
    if (step) {
      consent.before(() => void actions.propose(step));
    }
  };
  const goDown = () => {
    const step = stepDown(getState().ladder);
    if (step) {
      actions.stepDown(step);
    }
  };
  return {
    'step-up': goUp,
    'step-down': goDown,
    'hang-up': () => actions.stepDown('text'),
    accept: () => consent.before(() => void actions.accept()),
    decline: actions.decline,
    mute: actions.toggleMicrophone,
    camera: () => void actions.toggleCamera(),
    'compare-code': actions.confirmCode,
  };
}

/** @param {HTMLElement} root @param {Views} views @returns {Presses} */
function pagePresses(root, { code, stage, messages }) {
  return {
    'whole-code': code.toggle,
    'move-self': stage.moveSelf,
    play: stage.start,
    newer: messages.toEnd,
    sheet: () => toggleSheet(root),
  };
}

/** @param {HTMLElement} root @param {string} name */
function pressShown(root, name) {
  const button = action(root, name);
  if (button.checkVisibility()) {
    button.click();
  }
}

/** @param {HTMLElement} root */
function toggleSheet(root) {
  const words = part(root, 'words');
  const full = words.dataset.sheet !== 'full';
  setData(words, 'sheet', full ? 'full' : 'half');
  setAttribute(
    /** @type {Element} */ (words.querySelector('[data-action="sheet"]')),
    'aria-expanded',
    String(full),
  );
}
