/**
 * Meeting people: the queue, the present conversation, and what every frame of
 * the server means for them. Outlives sockets and conversations.
 */

import { createTimer } from '../lib/timer.js';
import { createConversation } from './conversation.js';
import { endedOf, problemOf, receiptOf } from './ending.js';
import { createEndingCount } from './integrity.js';
import { carriedAt, entryStep, KINDS } from './ladder.js';
import { createLink } from './link.js';
import { CHANNEL, TALK } from './policy.js';
import { JOIN_REF } from './queue.js';
import { createSeeking } from './seeking.js';
import { unreachable } from './wire.js';

/** @import { Conversation } from './conversation.js' */
/** @import { Ending } from './ending.js' */
/**
 * @import { ConversationEnded, ErrorFrame, Hello, Matched, ServerFrame,
 *   ServerNotice } from './frames.js'
 */
/** @import { Pace } from './outbox.js' */
/** @import { StateEvent } from './state.js' */
/** @import { Suite } from './suites.js' */
/** @import { Farewell, Platform, Preferences, ProblemCode } from './types.js' */
/** @import { NoticeCode, Words } from './words.js' */

/**
 * @typedef {object} MeetingOptions
 * @property {Platform} platform
 * @property {ReturnType<typeof import('./media.js').createMedia>} media
 * @property {Words} words
 * @property {(event: StateEvent) => void} dispatch
 */

/** @param {MeetingOptions} options */
export function createMeeting({ platform, media, words, dispatch }) {
  const endings = createEndingCount(platform.storage);
  const forgetting = createTimer(platform);
  /** @type {Conversation | null} */
  let conversation = null;
  /** @type {Preferences['mode']} */
  let mode = 'text';
  /** @type {Pace} */
  let pace = CHANNEL;
  let endedId = '';
  /** @type {string | null} */
  let caseCode = null;

  /** @param {NoticeCode} code */
  const notice = (code) =>
    dispatch({
      type: 'noticed',
      notice: { key: code, code, words: words.notice(code) },
    });

  const seeking = createSeeking({
    platform,
    dispatch,
    send(frame) {
      const { ready } = link;
      link.send(frame);
      return ready;
    },
  });

  /** @param {Hello} hello */
  const onReady = ({ limits }) => {
    pace = {
      window: limits.unacked,
      burst: limits.burst,
      perSecond: limits.per_second,
    };
    if (conversation) {
      conversation.resume();
    } else {
      seeking.ask();
    }
  };

  const onLost = () => {
    if (conversation) {
      notice('reconnecting');
    } else if (seeking.active) {
      dispatch({ type: 'connecting' });
    } else {
      link.stop();
    }
  };

  /** @param {ProblemCode} code @param {string | null} [named] */
  const fail = (code, named = null) => {
    const busy = conversation !== null || seeking.active;
    conversation?.close();
    conversation = null;
    seeking.drop();
    link.stop();
    link.remember(null);
    if (busy) {
      media.release(KINDS);
      settleNotices();
      dispatch({ type: 'failed', problem: problemOf(code, words, named) });
    }
  };

  const settleNotices = () => dispatch({ type: 'dismissed', key: 'reconnecting' });

  /** @param {Matched} matched */
  const onMatched = (matched) => {
    const suites = seeking.found();
    if (conversation) {
      conversation.fail();
      refuse(matched, 'integrity');
    } else if (suites) {
      mode = matched.mode;
      link.remember(matched.resume_token);
      conversation = meet(matched, suites);
    } else {
      refuse(matched, 'stop');
    }
  };

  /** @param {Matched} matched @param {readonly Suite[]} suites */
  const meet = (matched, suites) =>
    createConversation({
      platform,
      subtle: /** @type {SubtleCrypto} */ (platform.subtle),
      suites,
      pace,
      matched,
      media,
      send: link.send,
      sendBytes: link.sendBytes,
      dispatch,
      notice,
      onIntegrity: () => end({ reason: 'integrity', receipt: null }),
    });

  /** @param {Matched} matched @param {'stop' | 'integrity'} reason */
  const refuse = ({ conversation: id }, reason) =>
    link.send({ type: 'conversation.leave', conversation: id, reason });

  /** @param {Ending} ending of the present conversation */
  const end = (ending) => {
    endedId = conversation?.id ?? '';
    conversation?.close();
    conversation = null;
    link.remember(null);
    const kept = carriedAt(entryStep(mode));
    media.release(KINDS.filter((kind) => !kept.includes(kind)));
    settleNotices();
    dispatch({ type: 'ended', ended: endedOf(ending, words) });
    forgetting.start(TALK.keepLinesMs, () => dispatch({ type: 'forgotten' }));
    if (ending.reason === 'integrity' && endings.note(platform.now())) {
      notice('integrity_repeated');
    }
  };

  /** @param {ConversationEnded} frame */
  const onEnded = (frame) => {
    const receipt = receiptOf(frame.receipt);
    if (concerned(frame.conversation)) {
      end(frame);
    } else if (frame.conversation === endedId && receipt) {
      dispatch({ type: 'receipt', receipt });
    }
  };

  const onLeft = () => {
    if (!seeking.active && !conversation) {
      link.stop();
    }
  };

  /** @param {ServerNotice} frame */
  const onNotice = ({ code, text, case_code }) => {
    caseCode = case_code ?? caseCode;
    dispatch({ type: 'noticed', notice: { key: code, code, words: text } });
  };

  /** @param {string | null | undefined} id @returns {Conversation | null} */
  const concerned = (id) => (conversation?.id === id ? conversation : null);

  /** @param {ErrorFrame} frame */
  const onError = (frame) => {
    if (frame.ref === JOIN_REF) {
      const problem = seeking.refused(frame);
      if (problem) {
        fail(problem);
      }
    } else if (frame.ref && frame.ref === conversation?.ladderRef) {
      conversation.ladderRefused();
    } else if (typeof frame.seq === 'number') {
      concerned(frame.conversation)?.refused(frame);
    }
  };

  /** @param {Exclude<ServerFrame, Hello>} frame */
  const onFrame = (frame) => {
    switch (frame.type) {
      case 'queue.waiting':
        return seeking.waiting(frame);
      case 'queue.left':
        return onLeft();
      case 'conversation.matched':
        return onMatched(frame);
      case 'conversation.ended':
        return onEnded(frame);
      case 'e2e.commit':
      case 'e2e.reveal':
      case 'e2e.confirm':
      case 'signal':
      case 'ice.servers':
      case 'ladder.state':
      case 'route.state':
      case 'typing':
        return void concerned(frame.conversation)?.take(frame);
      case 'notice':
        return onNotice(frame);
      case 'error':
        return onError(frame);
      case 'pong':
        return undefined;
      default:
        return unreachable(frame);
    }
  };

  const link = createLink(platform, {
    onReady,
    onFrame,
    onRecords: (records) => conversation?.takeRecords(records),
    onLost,
    onGivenUp: (code, named) => fail(code, named ?? caseCode),
  });

  return {
    notice,

    /** @returns {Conversation | null} the present one, while the server is reached */
    reachable: () => (link.ready ? conversation : null),

    /** @returns {Conversation | null} */
    present: () => conversation,

    searching: () => seeking.active,

    /**
     * @param {Preferences} preferences
     * @param {readonly Suite[]} able what this browser can encrypt with
     */
    enqueue(preferences, able) {
      forgetting.stop();
      seeking.want(preferences, able);
      link.start();
    },

    leaveQueue() {
      seeking.drop();
      if (link.ready) {
        link.send({ type: 'queue.leave' });
      } else {
        link.stop();
      }
    },

    /** @param {'next' | 'stop'} reason @param {Farewell} [farewell] */
    leave(reason, farewell) {
      conversation?.leave(reason, farewell);
      conversation = null;
      link.remember(null);
      settleNotices();
    },

    /** Leave everything and close the socket. */
    stop() {
      this.leave('stop');
      seeking.drop();
      forgetting.stop();
      link.stop();
    },
  };
}
