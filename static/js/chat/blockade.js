/**
 * Tells when the site answers but no socket opens: networks, proxies and extensions
 * can let pages through and block WebSockets. Watching does not stop the trying.
 */

import { createTimer } from '../lib/timer.js';
import { SOCKET } from './policy.js';

/** @import { Platform } from './types.js' */

/**
 * @param {Pick<Platform, 'setTimer' | 'clearTimer'>} platform
 * @param {(blocked: boolean) => void} tell called when it changes
 */
export function createBlockade(platform, tell) {
  const patience = createTimer(platform);
  let unopened = 0;
  let told = false;

  /** @param {boolean} blocked */
  const set = (blocked) => {
    patience.stop();
    if (blocked !== told) {
      told = blocked;
      tell(blocked);
    }
  };

  return {
    /** whether it was told and still holds */
    get stands() {
      return told;
    },

    /** The site gave a ticket, and a socket is tried with it. */
    trying() {
      if (!told) {
        patience.startOnce(SOCKET.blockedMs, () => set(true));
      }
    },

    /** A socket was closed before it opened. */
    unopened() {
      unopened += 1;
      if (unopened >= SOCKET.blockedTries) {
        set(true);
      }
    },

    /** A socket opened; or the site itself is out of reach; or nobody tries any more. */
    clear() {
      unopened = 0;
      set(false);
    },
  };
}
