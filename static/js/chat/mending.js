/**
 * What keeps a call going: waits whether a broken connection heals by itself, asks
 * for fresh ICE servers, restarts, and gives up after some times. While signals do
 * not pass it only remembers what there is to do; the call itself goes on.
 */

import { createTimer } from '../lib/timer.js';
import { CALL } from './policy.js';

/** @import { Platform } from './types.js' */

/**
 * @param {object} options
 * @param {Pick<Platform, 'setTimer' | 'clearTimer'>} options.platform
 * @param {() => void} options.refresh ask for fresh ICE servers
 * @param {() => void} options.restart with the servers we have
 * @param {() => void} options.onGivenUp
 */
export function createMending({ platform, refresh, restart, onGivenUp }) {
  const connecting = createTimer(platform);
  const healing = createTimer(platform);
  const refreshing = createTimer(platform);
  let restarts = 0;
  /** whether signals pass */
  let passing = true;
  /** whether something broke while they did not */
  let owed = false;

  const mend = () => {
    healing.stop();
    connecting.stop();
    if (!passing) {
      owed = true;
      return;
    }
    restarts += 1;
    if (restarts > CALL.restarts) {
      onGivenUp();
      return;
    }
    refreshed();
  };
  const refreshed = () => {
    if (passing) {
      refresh();
      refreshing.start(CALL.refreshMs, restart);
    } else {
      owed = true;
    }
  };
  const exhausted = () => restarts > CALL.restarts;

  return {
    exhausted,

    /** Now, once the servers are fresh. */
    refreshed,

    /** A call begins, or begins again. */
    begin() {
      const broken = exhausted();
      restarts = 0;
      if (broken) {
        mend();
      }
    },

    /** Both have agreed; a connection should follow. */
    negotiated() {
      connecting.startOnce(CALL.connectMs, mend);
    },

    /** @param {RTCPeerConnectionState} state */
    state(state) {
      if (state === 'connected') {
        restarts = 0;
        connecting.stop();
        healing.stop();
      } else if (state === 'disconnected') {
        healing.startOnce(CALL.healMs, mend);
      } else if (state === 'failed') {
        mend();
      }
    },

    /** The servers are fresh. */
    served() {
      refreshing.stop();
      restart();
    },

    /** Signals do not pass any more; nor does the answer to a question for servers. */
    pause() {
      owed = owed || refreshing.running();
      passing = false;
      refreshing.stop();
    },

    /** @param {RTCPeerConnectionState | null} state signals pass again */
    goOn(state) {
      const broken = owed || state === 'failed' || state === 'disconnected';
      passing = true;
      owed = false;
      restarts = 0;
      if (broken) {
        mend();
      }
    },

    stop() {
      for (const timer of [connecting, healing, refreshing]) {
        timer.stop();
      }
    },
  };
}
