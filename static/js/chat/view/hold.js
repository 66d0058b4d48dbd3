/**
 * A second look at a line before it goes out: says why, and lets its writer edit
 * it or send it as it is.
 */

import { createTabHold } from '../hold.js';
import { action, drawList, part, setText, show } from './dom.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('../hold.js').Held} Held */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/**
 * @param {ViewContext} context
 * @param {(at: {start: number, end: number} | null) => void} write go back to
 *   writing, at this place of the line
 */
export function createHoldView({ root, words, storage }, write) {
  const panel = part(root, 'hold');
  const hold = createTabHold(storage);
  /** @type {{held: Held, send: () => void} | null} */
  let waiting = null;

  const close = () => {
    waiting = null;
    show(panel, false);
  };
  const edit = () => {
    const first = waiting?.held.findings[0] ?? null;
    close();
    write(first);
  };
  const sendAnyway = () => {
    const send = waiting?.send;
    close();
    send?.();
    write(null);
  };
  /** @param {Held} held @param {() => void} send */
  const open = (held, send) => {
    waiting = { held, send };
    drawList(part(root, 'hold-reasons'), held.codes, {
      key: (code) => code,
      make: () => document.createElement('li'),
      draw: (element, code) => setText(element, words.holdReason(code)),
    });
    show(panel, true);
    panel.scrollTop = 0;
    action(root, 'edit-text').focus({ preventScroll: true });
  };
  action(root, 'edit-text').addEventListener('click', edit);
  action(root, 'send-anyway').addEventListener('click', sendAnyway);
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      edit();
    }
  });

  /** Send it now, or once its writer has looked again. @param {string} text @param {() => void} send */
  const before = (text, send) => {
    const verdict = hold.judge(text);
    if (verdict.kind === 'hold') {
      open(verdict, send);
    } else {
      close();
      send();
    }
  };
  return { before, close, isOpen: () => waiting !== null };
}
