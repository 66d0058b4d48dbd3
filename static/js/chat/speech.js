/** What a person writes: checked, given a line of its own, handed to the channel. */

import { utf8 } from '../lib/bytes.js';
import { PTYPE } from './bodies.js';
import { ownLine } from './lines.js';
import { MESSAGE } from './policy.js';

/** @import { Item } from './outbox.js' */
/** @import { Line } from './types.js' */
/** @import { NoticeCode } from './words.js' */

/**
 * @param {object} options
 * @param {() => number} options.now
 * @param {(item: Item) => boolean} options.write false: too much is waiting already
 * @param {(line: Line) => void} options.onLine
 * @param {(code: NoticeCode) => void} options.onNotice
 */
export function createSpeech({ now, write, onLine, onNotice }) {
  let written = 0;

  /** @param {string} text @returns {NoticeCode | null} why not */
  const refusal = (text) => {
    const body = utf8(text);
    if (body.length > MESSAGE.bodyBytes) {
      return 'too_long';
    }
    const line = ownLine(written, text, now());
    if (!write({ key: line.key, ptype: PTYPE.text, body })) {
      return 'too_fast';
    }
    written += 1;
    onLine(line);
    return null;
  };

  /** @param {string} text @returns {boolean} taken */
  return (text) => {
    if (text.trim() === '') {
      return false;
    }
    const why = refusal(text);
    if (why) {
      onNotice(why);
    }
    return why === null;
  };
}
