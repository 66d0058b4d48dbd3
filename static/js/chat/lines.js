/**
 * Messages as lines that the view can draw. Pure.
 *
 * A line's key names its writer and number: `you-3`, `stranger-0`. One's own are
 * numbered as they are written, which is the order in which they will be sealed.
 */

/** @import { OpenedMessage } from './franking.js' */
/** @import { Role } from './key_schedule.js' */
/** @import { Line } from './types.js' */

/** @param {'you' | 'stranger'} who @param {number} seq */
export function lineKey(who, seq) {
  return `${who}-${seq}`;
}

/** @param {number} seq @param {string} text @param {number} at @returns {Line} */
export function ownLine(seq, text, at) {
  const key = lineKey('you', seq);
  return { key, who: 'you', kind: 'text', text, target: null, state: 'queued', at };
}

/** @param {Role} ownRole */
export function createReader(ownRole) {
  /** @type {Set<number>} numbers of the stranger's texts: only these can be edited */
  const texts = new Set();

  /** @param {OpenedMessage} message @returns {Pick<Line, 'kind' | 'text' | 'target'>} */
  const contentOf = ({ seq, content }) => {
    switch (content.kind) {
      case 'text':
        texts.add(seq);
        return { kind: 'text', text: content.text, target: null };
      case 'note':
        return { kind: 'note', text: content.text, target: null };
      case 'reaction': {
        const who = content.role === ownRole ? 'you' : 'stranger';
        const target = lineKey(who, content.seq);
        return { kind: 'reaction', text: content.text, target };
      }
      case 'edit':
        return texts.has(content.seq)
          ? {
              kind: 'edit',
              text: content.text,
              target: lineKey('stranger', content.seq),
            }
          : { kind: 'unsupported', text: '', target: null };
      case 'unsupported':
        return { kind: 'unsupported', text: '', target: null };
    }
  };

  /** @param {OpenedMessage} message @param {number} at @returns {Line} */
  return (message, at) => ({
    key: lineKey('stranger', message.seq),
    who: 'stranger',
    ...contentOf(message),
    state: 'shown',
    at,
  });
}
