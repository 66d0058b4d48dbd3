/**
 * Acknowledgements: owed for a moment, so that several become one or ride along
 * with a message, and never longer than the protocol allows.
 */

import { createAlarm } from '../lib/alarm.js';
import { CHANNEL } from './policy.js';

/** @import { Platform } from './types.js' */

/**
 * @param {object} options
 * @param {Pick<Platform, 'now' | 'setTimer' | 'clearTimer' | 'visible'>} options.platform
 * @param {ReturnType<typeof import('./inbox.js').createInbox>} options.inbox
 * @param {(job: () => void) => void} options.run the conversation's queue of jobs
 * @param {(next: number) => void} options.send
 */
export function createAcknowledging({ platform, inbox, run, send }) {
  const delay = createAlarm(platform);
  let here = true;

  /** @returns {number} what is acknowledged by whoever is told this number */
  const settle = () => {
    delay.stop();
    return inbox.acknowledge();
  };
  const tell = () => {
    if (here) {
      send(settle());
    }
  };
  const tellOwed = () => {
    if (inbox.owed > 0) {
      tell();
    }
  };

  return {
    settle,

    /** It came before: say again what we have. */
    again: tell,

    /** Something was received. */
    owe() {
      // Where the page is hidden, timers are late, and the partner would send again.
      if (inbox.pressing || !platform.visible()) {
        tell();
      } else {
        delay.startOnce(CHANNEL.ackDelayMs, () => run(tellOwed));
      }
    },

    /** @param {boolean} present whether there is a socket to tell it on */
    reach(present) {
      here = present;
      delay.stop();
    },

    check: delay.check,
  };
}
