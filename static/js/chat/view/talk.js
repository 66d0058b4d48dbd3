/**
 * The page of a meeting: gives every state to the views, and every press to the
 * session. What is drawn follows from the state alone, but for small matters of
 * the page itself: an open question, the corner of your picture, a dialog.
 */

import { createBarView } from './bar.js';
import { createCallConsent } from './call_consent.js';
import { createCodeView } from './code.js';
import { createComposerView } from './composer.js';
import { createContactView } from './contact.js';
import { part, setData, setText, show } from './dom.js';
import { createEndingView } from './ending.js';
import { moveFocus } from './focus.js';
import { createHeadView } from './head.js';
import { createLobbyView } from './lobby.js';
import { createMessagesView } from './messages.js';
import { createNoticesView } from './notices.js';
import { listenToPresses } from './presses.js';
import { layoutOf, stepOf } from './reading.js';
import { createSceneView } from './scene.js';
import { createStageView } from './stage.js';
import { createThresholdView } from './threshold.js';

/** @typedef {import('../types.js').State} State */

/**
 * @typedef {object} ViewContext
 * @property {HTMLElement} root
 * @property {import('../types.js').Session} session
 * @property {import('./words.js').Words} words
 * @property {import('../types.js').Preferences} preferences as the page came
 * @property {import('./level.js').Meter} meter
 * @property {(tag: string) => string} languageName
 * @property {() => number} now milliseconds since 1970
 * @property {() => number} random 0 ≤ x < 1, for nothing that matters
 * @property {boolean} keyboard whether a keyboard is likely
 * @property {Pick<Storage, 'getItem' | 'setItem'>} storage lasts as long as the tab
 */

/** @param {ViewContext} context */
export function createTalkView(context) {
  const { root, session, words } = context;
  const scene = createSceneView(root);
  const lobby = createLobbyView(context);
  const stage = createStageView(context, scene.light);
  const composer = createComposerView(context);
  const messages = createMessagesView(context);
  const code = createCodeView(context);
  const consent = createCallConsent(context);
  const views = [
    scene,
    createThresholdView(context),
    lobby,
    createHeadView(context),
    stage,
    createBarView(context),
    code,
    composer,
    createEndingView(context),
    createNoticesView(context),
    createContactView(context),
    consent,
    messages,
  ];
  let drawn = session.getState();

  /** @param {State} state */
  const draw = (state) => {
    drawFrame(root, state);
    for (const view of views) {
      view.draw(state);
    }
    document.title = words.title(state);
    const news = words.announcement(drawn, state);
    if (news) {
      setText(part(root, 'announcer'), news);
    }
    moveFocus(context, drawn, state);
    drawn = state;
  };

  listenToPresses(context, { lobby, stage, composer, messages, code, consent });
  return { draw };
}

/** @param {HTMLElement} root @param {State} state */
function drawFrame(root, state) {
  setData(root, 'stage', state.stage);
  setData(root, 'mode', state.mode);
  setData(root, 'step', stepOf(state));
  setData(root, 'layout', layoutOf(state));
  for (const section of root.querySelectorAll('[data-stages]')) {
    const element = /** @type {HTMLElement} */ (section);
    show(element, (element.dataset.stages ?? '').split(' ').includes(state.stage));
  }
  if (state.stage !== 'talking') {
    for (const open of root.querySelectorAll(':popover-open')) {
      /** @type {HTMLElement} */ (open).hidePopover();
    }
  }
}
