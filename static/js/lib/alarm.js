/**
 * A timer that knows by the clock when it is due. Browsers hold back the timers of
 * hidden pages, and of machines that slept; `check` then makes good what is overdue.
 */

import { createTimer } from './timer.js';

/** @import { TimerId } from './timer.js' */

/**
 * @param {{
 *   now: () => number,
 *   setTimer: (callback: () => void, milliseconds: number) => TimerId,
 *   clearTimer: (timer: TimerId) => void,
 * }} clock
 */
export function createAlarm(clock) {
  const timer = createTimer(clock);
  /** @type {{at: number, callback: () => void} | null} */
  let due = null;

  const ring = () => {
    const callback = due?.callback;
    stop();
    callback?.();
  };
  const stop = () => {
    timer.stop();
    due = null;
  };
  /** @param {number} milliseconds @param {() => void} callback instead of any earlier */
  const start = (milliseconds, callback) => {
    due = { at: clock.now() + milliseconds, callback };
    timer.start(milliseconds, ring);
  };
  return {
    start,
    stop,

    /** @param {number} milliseconds @param {() => void} callback unless one is set */
    startOnce(milliseconds, callback) {
      if (!due) {
        start(milliseconds, callback);
      }
    },

    /** Ring now if it is due by the clock. */
    check() {
      if (due && clock.now() >= due.at) {
        ring();
      }
    },
  };
}
