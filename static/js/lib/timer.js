/** One timer that can be started, left running, or stopped. */

/** @typedef {ReturnType<typeof setTimeout> | number} TimerId */

/**
 * @param {{
 *   setTimer: (callback: () => void, milliseconds: number) => TimerId,
 *   clearTimer: (timer: TimerId) => void,
 * }} clock
 */
export function createTimer(clock) {
  /** @type {TimerId | null} */
  let running = null;

  const stop = () => {
    if (running !== null) {
      clock.clearTimer(running);
      running = null;
    }
  };
  /** @param {number} milliseconds @param {() => void} callback instead of any earlier */
  const start = (milliseconds, callback) => {
    stop();
    running = clock.setTimer(() => {
      running = null;
      callback();
    }, milliseconds);
  };
  /** @param {number} milliseconds @param {() => void} callback unless already running */
  const startOnce = (milliseconds, callback) => {
    if (running === null) {
      start(milliseconds, callback);
    }
  };
  const isRunning = () => running !== null;
  return { start, startOnce, stop, running: isRunning };
}
