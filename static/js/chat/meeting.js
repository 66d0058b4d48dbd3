/**
 * Meeting people: the queue, and the present conversation. Outlives sockets and
 * conversations.
 *
 * A lost socket: who searches goes on searching; a conversation is taken up again
 * as long as the server waits; one whose handshake was not done cannot be, so the
 * search goes on; a leave that could not be said is said on the next socket.
 */

import { createAftermath } from './aftermath.js';
import { createConversation } from './conversation.js';
import { problemOf } from './ending.js';
import { createHearing } from './hearing.js';
import { carriedAt, entryStep, KINDS } from './ladder.js';
import { createLink } from './link.js';
import { CHANNEL } from './policy.js';
import { createRecovery } from './recovery.js';
import { createSeeking } from './seeking.js';

/** @import { Conversation } from './conversation.js' */
/** @import { Ending } from './ending.js' */
/** @import { ConversationEnded, Hello, Matched } from './frames.js' */
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
  /** @type {Conversation | null} */
  let conversation = null;
  /** @type {Preferences['mode']} */
  let mode = 'text';
  /** @type {Pace} */
  let pace = CHANNEL;

  /** @param {NoticeCode} code */
  const notice = (code) =>
    dispatch({
      type: 'noticed',
      notice: { key: code, code, words: words.notice(code) },
    });

  const aftermath = createAftermath({ platform, words, dispatch, notice });
  const recovery = createRecovery({
    platform,
    dispatch,
    link: () => link,
    busy: () => conversation !== null || seeking.active,
    resume: () => conversation?.resume(),
    onOver() {
      link.stop();
      end({ reason: 'expired', receipt: null });
    },
  });
  const { contact } = recovery;

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
  const onReady = (hello) => {
    const { limits } = hello;
    pace = {
      window: limits.unacked,
      burst: limits.burst,
      perSecond: limits.per_second,
    };
    recovery.greeted(hello);
    if (conversation) {
      recovery.ready();
    } else {
      contact.back();
      seeking.ask();
      recovery.restIfIdle();
    }
  };

  const onLost = () => {
    if (conversation?.secured) {
      conversation.lost();
      recovery.wait();
    } else if (conversation) {
      searchOn(conversation);
    } else if (seeking.active) {
      contact.lost(null);
      dispatch({ type: 'connecting' });
    } else {
      recovery.restIfIdle();
    }
  };

  /** @param {Conversation} begun nothing was said yet, and it cannot be resumed */
  const searchOn = (begun) => {
    begun.lost();
    begun.leave('next');
    conversation = null;
    contact.lost(null);
    seeking.resumeSearch();
  };

  /** @param {ProblemCode} code @param {string | null} named */
  const onGivenUp = (code, named) => {
    if (code === 'taken_over' && conversation?.secured) {
      conversation.lost();
      recovery.waitElsewhere();
    } else {
      fail(code, named ?? hearing.caseCode());
    }
  };

  /** @param {ProblemCode} code @param {string | null} [named] */
  const fail = (code, named = null) => {
    const busy = conversation !== null || seeking.active;
    conversation?.close();
    conversation = null;
    seeking.drop();
    recovery.drop();
    recovery.settle();
    link.stop();
    if (busy) {
      media.release(KINDS);
      dispatch({ type: 'failed', problem: problemOf(code, words, named) });
    }
  };

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
      sendLeave: recovery.sendLeave,
      sendBytes: link.sendBytes,
      contact,
      dispatch,
      notice,
      onResumed: recovery.resumed,
      onUnanswered: link.wake,
      onIntegrity: () => end({ reason: 'integrity', receipt: null }),
    });

  /** @param {Matched} matched @param {'stop' | 'integrity'} reason */
  const refuse = ({ conversation: id }, reason) =>
    link.send({ type: 'conversation.leave', conversation: id, reason });

  /** @param {Ending} ending of the present conversation */
  const end = (ending) => {
    const id = conversation?.id ?? '';
    conversation?.close();
    conversation = null;
    recovery.settle();
    const kept = carriedAt(entryStep(mode));
    media.release(KINDS.filter((kind) => !kept.includes(kind)));
    aftermath.begin(id, ending);
  };

  /** @param {ConversationEnded} frame */
  const onEnded = (frame) =>
    conversation?.id === frame.conversation ? end(frame) : aftermath.receipt(frame);

  const hearing = createHearing({
    seeking,
    dispatch,
    present: () => conversation,
    onMatched,
    onEnded,
    onLeft: recovery.restIfIdle,
    onRefused: fail,
  });

  const link = createLink(platform, {
    onReady,
    onFrame: hearing.take,
    onRecords: (records) => conversation?.takeRecords(records),
    onLost,
    onBlocked: contact.blocked,
    patient: () => conversation !== null || recovery.parting,
    onGivenUp,
  });

  return {
    notice,

    /** @returns {Conversation | null} the present one, while our socket takes part */
    reachable: () => (conversation?.here() ? conversation : null),

    /** @returns {Conversation | null} */
    present: () => conversation,

    searching: () => seeking.active,

    /**
     * @param {Preferences} preferences
     * @param {readonly Suite[]} able what this browser can encrypt with
     */
    enqueue(preferences, able) {
      aftermath.over();
      if (recovery.parting) {
        contact.lost(null);
      }
      seeking.want(preferences, able);
      link.start();
    },

    leaveQueue() {
      seeking.drop();
      if (link.ready) {
        link.send({ type: 'queue.leave' });
      } else {
        recovery.restIfIdle();
      }
    },

    /** @param {'next' | 'stop'} reason @param {Farewell} [farewell] */
    leave(reason, farewell) {
      conversation?.leave(reason, farewell);
      conversation = null;
      recovery.settle();
    },

    /** Leave everything and close the socket. */
    stop() {
      this.leave('stop');
      seeking.drop();
      aftermath.over();
      recovery.restIfIdle();
    },

    /** Go on here with what another window took over. */
    comeBack() {
      if (conversation && !conversation.here()) {
        recovery.wait();
        link.start();
      }
    },

    /** The page came back to life, or the network changed. */
    wake() {
      link.wake();
      recovery.wake();
      conversation?.wake();
    },
  };
}
