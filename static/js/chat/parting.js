/**
 * A leave that could not be said because the socket was lost: it goes out on the
 * next one, so that the partner need not wait for nobody.
 */

import { createTimer } from '../lib/timer.js';
import { RESUME } from './policy.js';

/** @import { Leave } from './frames.js' */
/** @import { Platform } from './types.js' */

/**
 * @param {object} options
 * @param {Pick<Platform, 'setTimer' | 'clearTimer'>} options.platform
 * @param {() => void} options.onLapsed the partner has stopped waiting by itself
 */
export function createParting({ platform, onLapsed }) {
  const lapse = createTimer(platform);
  /** @type {Leave | null} */
  let unsaid = null;

  /** @returns {Leave | null} what is to be said now */
  const take = () => {
    const leave = unsaid;
    unsaid = null;
    lapse.stop();
    return leave;
  };

  return {
    take,

    get pending() {
      return unsaid !== null;
    },

    /** @param {Leave} leave with its resume token: it comes from another socket */
    keep(leave) {
      unsaid = leave;
      lapse.start(RESUME.windowMs, () => {
        take();
        onLapsed();
      });
    },
  };
}
