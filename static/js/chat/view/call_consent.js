/**
 * Asks, before a conversation that began with text becomes a call, whether the
 * partner's device may learn this one's address. Voice and video asked before.
 */

import { action, part } from './dom.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** @param {ViewContext} context */
export function createCallConsent({ root, session }) {
  const dialog = /** @type {HTMLDialogElement} */ (part(root, 'call-consent'));
  let given = false;
  let goOn = () => {};

  action(root, 'go-on').addEventListener('click', () => {
    given = true;
    dialog.close();
    goOn();
  });
  action(root, 'stay').addEventListener('click', () => dialog.close());

  /** Do it now, or once consent is given. @param {() => void} then */
  const before = (then) => {
    if (given || session.getState().mode !== 'text') {
      then();
      return;
    }
    goOn = then;
    dialog.showModal();
  };
  /** @param {State} state each conversation asks anew: it is another partner */
  const draw = (state) => {
    if (state.stage !== 'talking') {
      given = false;
      dialog.close();
    }
  };
  return { draw, before };
}
