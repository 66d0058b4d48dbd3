/** A place in the queue: wanted, asked for, taken back, asked for again. */

import { createTimer } from '../lib/timer.js';
import { CHANNEL } from './policy.js';
import { joinFrame, problemOfJoin } from './queue.js';

/** @import { ErrorFrame, QueueJoin, QueueWaiting } from './frames.js' */
/** @import { StateEvent } from './state.js' */
/** @import { Suite } from './suites.js' */
/** @import { Platform, Preferences, ProblemCode } from './types.js' */

/** @typedef {{preferences: Preferences, suites: readonly Suite[]}} Wish */

/**
 * @param {object} options
 * @param {Pick<Platform, 'setTimer' | 'clearTimer'>} options.platform
 * @param {(frame: QueueJoin) => boolean} options.send false: the server is not reached
 * @param {(event: StateEvent) => void} options.dispatch
 */
export function createSeeking({ platform, send, dispatch }) {
  const again = createTimer(platform);
  /** @type {Wish | null} */
  let wanted = null;
  /** @type {Wish | null} what was wanted when the last partner was found */
  let fulfilled = null;

  /** Ask the server, if anything is wanted; say so if it is not reached. */
  const ask = () => {
    if (wanted) {
      const sent = send(joinFrame(wanted.preferences, wanted.suites));
      dispatch({ type: sent ? 'queued' : 'connecting' });
    }
  };

  const drop = () => {
    again.stop();
    wanted = null;
  };

  return {
    ask,
    drop,

    /** whether a partner is wanted */
    get active() {
      return wanted !== null;
    },

    /** @param {Preferences} preferences @param {readonly Suite[]} suites */
    want(preferences, suites) {
      again.stop();
      wanted = { preferences, suites };
      ask();
    },

    /** @returns {readonly Suite[] | null} what was offered, if anyone was wanted */
    found() {
      fulfilled = wanted;
      drop();
      return fulfilled?.suites ?? null;
    },

    /** The partner was lost before a word was said: the same wishes again. */
    resumeSearch() {
      wanted = fulfilled;
      ask();
    },

    /** @param {QueueWaiting} frame */
    waiting({ waiting, expected_seconds, since }) {
      if (wanted) {
        const expected = expected_seconds;
        dispatch({
          type: 'waiting',
          waiting: { others: waiting, expected, since: Date.parse(since) },
        });
      }
    },

    /** @param {ErrorFrame} error @returns {ProblemCode | null} null: asking again soon */
    refused({ code, retry_after_ms }) {
      if (code === 'rate_limited') {
        again.start(retry_after_ms ?? CHANNEL.refusalDelayMs, ask);
        return null;
      }
      return problemOfJoin(code);
    },
  };
}
