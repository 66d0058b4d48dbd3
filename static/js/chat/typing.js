/** "Is typing", both ways: not too often out, not too long in. */

import { createTimer } from '../lib/timer.js';
import { TALK } from './policy.js';

/** @import { Platform } from './types.js' */

/**
 * @param {object} options
 * @param {Pick<Platform, 'now' | 'setTimer' | 'clearTimer'>} options.platform
 * @param {(active: boolean) => void} options.send
 * @param {(active: boolean) => void} options.onPartner
 */
export function createTyping({ platform, send, onPartner }) {
  const lapse = createTimer(platform);
  let told = false;
  let toldAt = Number.NEGATIVE_INFINITY;

  /** @param {boolean} active */
  const partner = (active) => {
    lapse.stop();
    if (active) {
      lapse.start(TALK.typingLastsMs, () => onPartner(false));
    }
    onPartner(active);
  };

  return {
    partner,

    /** @param {boolean} active */
    set(active) {
      const repeated = active && platform.now() - toldAt >= TALK.typingEveryMs;
      if (active !== told || repeated) {
        told = active;
        toldAt = platform.now();
        send(active);
      }
    },

    /** A message left: whoever gets it knows that its writing is over. */
    sent() {
      told = false;
    },

    close: lapse.stop,
  };
}
