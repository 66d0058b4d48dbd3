/** How a conversation ended, and what went wrong, as the view is told. Pure. */

/** @import { ConversationEnded, WireReceipt } from './frames.js' */
/** @import { Ended, Problem, ProblemCode, Receipt } from './types.js' */
/** @import { Words } from './words.js' */

/** @typedef {Pick<ConversationEnded, 'reason' | 'farewell' | 'receipt'>} Ending */

/** @type {readonly ProblemCode[]} what another try may mend */
const CAN_RETRY = ['unreachable', 'overloaded', 'taken_over'];

/** @param {Ending} ending @param {Words} words @returns {Ended} */
export function endedOf({ reason, farewell = null, receipt }, words) {
  return {
    reason,
    farewell,
    receipt: receiptOf(receipt),
    words: words.ended(reason, farewell),
  };
}

/** @param {WireReceipt | null} receipt @returns {Receipt | null} */
export function receiptOf(receipt) {
  return (
    receipt && {
      startedAt: Date.parse(receipt.started),
      endedAt: Date.parse(receipt.ended),
      kept: receipt.kept,
    }
  );
}

/**
 * @param {ProblemCode} code
 * @param {Words} words
 * @param {string | null} [caseCode]
 * @returns {Problem}
 */
export function problemOf(code, words, caseCode = null) {
  return {
    code,
    words: words.problem(code),
    canRetry: CAN_RETRY.includes(code),
    caseCode,
  };
}
