/**
 * What is left of a conversation that is over: how it ended, the receipt, lines
 * that are forgotten after a while, and a warning when endings look like attacks.
 */

import { createTimer } from '../lib/timer.js';
import { endedOf, receiptOf } from './ending.js';
import { createEndingCount } from './integrity.js';
import { TALK } from './policy.js';

/** @import { Ending } from './ending.js' */
/** @import { ConversationEnded } from './frames.js' */
/** @import { StateEvent } from './state.js' */
/** @import { Platform } from './types.js' */
/** @import { NoticeCode, Words } from './words.js' */

/**
 * @param {object} options
 * @param {Platform} options.platform
 * @param {Words} options.words
 * @param {(event: StateEvent) => void} options.dispatch
 * @param {(code: NoticeCode) => void} options.notice
 */
export function createAftermath({ platform, words, dispatch, notice }) {
  const endings = createEndingCount(platform.storage);
  const forgetting = createTimer(platform);
  let endedId = '';

  return {
    /** @param {string} id of the conversation @param {Ending} ending */
    begin(id, ending) {
      endedId = id;
      dispatch({ type: 'ended', ended: endedOf(ending, words) });
      forgetting.start(TALK.keepLinesMs, () => dispatch({ type: 'forgotten' }));
      if (ending.reason === 'integrity' && endings.note(platform.now())) {
        notice('integrity_repeated');
      }
    },

    /** @param {ConversationEnded} frame about a conversation that is over already */
    receipt(frame) {
      const receipt = receiptOf(frame.receipt);
      if (frame.conversation === endedId && receipt) {
        dispatch({ type: 'receipt', receipt });
      }
    },

    /** Something new begins. */
    over: forgetting.stop,
  };
}
