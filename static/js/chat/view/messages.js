/** The words of both: one element a line, kept as long as the line is there. */

import { action, drawList, part, piece, say, setData, setText, show } from './dom.js';
import { createLinkText } from './link_text.js';
import { seenLines } from './reading.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('../types.js').Line} Line */
/** @typedef {import('./reading.js').SeenLine} SeenLine */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** This near to the end a reader wants to see what comes next. */
const NEAR_PX = 80;

/** @param {ViewContext} context */
export function createMessagesView({ root, words }) {
  const scroll = part(root, 'scroll');
  const list = part(root, 'messages');
  const newer = action(root, 'newer');
  const links = createLinkText({ root, words });
  /** @type {readonly Line[]} */
  let drawn = [];

  /** @param {HTMLElement} element @param {SeenLine} line */
  const drawLine = (element, line) => {
    setData(element, 'who', line.who);
    setData(element, 'kind', line.kind);
    setData(element, 'state', line.state);
    setData(element, 'first', String(line.first));
    setText(part(element, 'message-who'), words.who(line));
    drawText(part(element, 'message-text'), line);
    say(part(element, 'message-reaction'), line.reaction);
    setText(part(element, 'message-state'), words.lineState(line));
  };
  /** @param {HTMLElement} element @param {SeenLine} line your own links are your own */
  const drawText = (element, line) => {
    const drawWith = line.who === 'stranger' ? links.draw : setText;
    drawWith(element, words.lineText(line));
  };
  /** @param {readonly Line[]} lines */
  const drawLines = (lines) => {
    const grown = lines.length > drawn.length;
    const follows = atEnd(scroll) || lines.at(-1)?.who === 'you';
    drawn = lines;
    drawList(list, seenLines(lines), {
      key: (line) => line.key,
      make: () => piece(root, 'message-piece'),
      draw: drawLine,
    });
    if (follows) {
      toEnd();
    } else if (grown) {
      show(newer, true);
    }
  };
  const toEnd = () => {
    scroll.scrollTop = scroll.scrollHeight;
    show(newer, false);
  };
  scroll.addEventListener('scroll', () => {
    if (atEnd(scroll)) {
      show(newer, false);
    }
  });
  /** @param {State} state */
  const draw = (state) => {
    if (state.lines !== drawn) {
      drawLines(state.lines);
    }
    show(part(root, 'messages-empty'), state.lines.length === 0);
    setText(part(root, 'typing'), words.typing(state));
  };
  return { draw, toEnd };
}

/** @param {HTMLElement} scroll */
function atEnd(scroll) {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX;
}
