/**
 * The time in which a conversation whose socket was lost can be taken up again:
 * asking on every new socket, once more on a fresh one where no answer comes, and
 * an end when it is over (docs/reference/protocol.md, section 4, "Resume").
 */

import { createAlarm } from '../lib/alarm.js';
import { RESUME } from './policy.js';

/** @import { Platform } from './types.js' */

/**
 * @param {object} options
 * @param {Pick<Platform, 'now' | 'setTimer' | 'clearTimer'>} options.platform
 * @param {() => void} options.ask send `resume` on the socket that is there now
 * @param {() => void} options.renew leave that socket for another
 * @param {() => void} options.onOver too late
 */
export function createResumption({ platform, ask, renew, onOver }) {
  const ending = createAlarm(platform);
  const answering = createAlarm(platform);
  /** @type {number} */
  let windowMs = RESUME.windowMs;
  /** @type {number | null} ms since 1970 */
  let until = null;
  let asked = false;
  let over = false;

  const end = () => {
    settle();
    onOver();
  };
  const settle = () => {
    ending.stop();
    answering.stop();
    until = null;
    asked = false;
    over = false;
  };
  const windowOver = () => {
    over = true;
    if (!asked) {
      end();
    }
  };
  const unanswered = () => {
    asked = false;
    if (over) {
      end();
    } else {
      renew();
    }
  };

  return {
    /** @param {number} milliseconds as the server says */
    setWindow(milliseconds) {
      windowMs = milliseconds;
    },

    /**
     * The socket is gone.
     *
     * @returns {number | null} until when it can be taken up, ms since 1970; null: over
     */
    lost() {
      asked = false;
      answering.stop();
      if (over) {
        end();
        return null;
      }
      if (until === null) {
        until = platform.now() + windowMs;
        ending.start(windowMs, windowOver);
      }
      return until;
    },

    /** There is a new socket. */
    ready() {
      asked = true;
      answering.start(RESUME.answerMs, unanswered);
      ask();
    },

    /** Answered, or no longer wanted. */
    settle,

    /** The page slept perhaps: see what is overdue. */
    wake() {
      ending.check();
      answering.check();
    },
  };
}
