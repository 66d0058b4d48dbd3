/** Where the focus goes when one screen gives way to another. */

import { part } from './dom.js';
import { layoutOf } from './reading.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** Stages of one screen have one name here. @type {Readonly<Record<State['stage'], string>>} */
const SCREENS = {
  idle: 'threshold-title',
  preparing: 'threshold-title',
  connecting: 'lobby-title',
  waiting: 'lobby-title',
  securing: 'lobby-title',
  talking: 'stage',
  ended: 'ended-words',
  stopped: 'away-title',
  failed: 'away-title',
};

/**
 * @param {Pick<ViewContext, 'root' | 'keyboard'>} context
 * @param {State} before
 * @param {State} now
 */
export function moveFocus({ root, keyboard }, before, now) {
  if (SCREENS[before.stage] === SCREENS[now.stage]) {
    return;
  }
  // On a phone the composer would raise the keyboard over the conversation.
  const writes = now.stage === 'talking' && layoutOf(now) === 'text' && keyboard;
  part(root, writes ? 'composer' : SCREENS[now.stage]).focus({ preventScroll: true });
  if (now.stage !== 'talking') {
    root.scrollIntoView({ block: 'start' });
  }
}
