/**
 * The session: the only thing the view talks to. It holds the state and decides
 * what each press of a button means at each stage.
 */

import { createTimer } from '../lib/timer.js';
import { problemOf } from './ending.js';
import { carriedAt, entryStep, KINDS } from './ladder.js';
import { createMedia } from './media.js';
import { createMeeting } from './meeting.js';
import { TALK } from './policy.js';
import { createStore } from './store.js';
import { supportedSuites } from './suites.js';
import { createWords } from './words.js';

/** @import { Kind } from './ladder.js' */
/** @import { Suite } from './suites.js' */
/** @import { Platform, Preferences, ProblemCode, Session } from './types.js' */

/**
 * @param {{platform: Platform, preferences: Preferences}} options
 * @returns {Session}
 */
export function createSession({ platform, preferences: initial }) {
  const words = createWords(platform.translate);
  const store = createStore(initial.mode);
  const { dispatch } = store;
  const media = createMedia({
    platform,
    words,
    onChange(state) {
      dispatch({ type: 'media', media: state });
      meeting.present()?.mediaChanged();
    },
  });
  const meeting = createMeeting({ platform, media, words, dispatch });
  const resting = createTimer(platform);
  let preferences = initial;
  let joining = false;
  /** @type {Kind[]} devices that were refused, and that the visitor goes on without */
  let without = [];
  /** Counts what takes back a join that is still on its way. */
  let withdrawals = 0;

  const kindsOfMode = () => carriedAt(entryStep(preferences.mode));

  /** @returns {Kind[]} what the mode needs and is not open */
  const missing = () => kindsOfMode().filter((kind) => !media.ready([kind]));

  /** @param {readonly Kind[]} kinds */
  const openDevices = async (kinds) => {
    dispatch({ type: 'preparing' });
    await media.open(kinds);
  };

  const prepareMedia = async () => {
    if (!meeting.present() && !meeting.searching()) {
      without = [];
      await openDevices(kindsOfMode());
    }
  };

  /** @returns {Promise<boolean>} open, or refused once and gone on without */
  const devicesReady = async () => {
    if (store.get().stage === 'preparing' && media.state().problem !== null) {
      without = missing();
    }
    const needed = missing().filter((kind) => !without.includes(kind));
    if (needed.length > 0) {
      await openDevices(needed);
    }
    return missing().every((kind) => without.includes(kind));
  };

  const begin = async () => {
    const before = withdrawals;
    const { trouble, suites } = await encryptionOf(platform);
    if (trouble) {
      dispatch({ type: 'failed', problem: problemOf(trouble, words) });
    } else if ((await devicesReady()) && before === withdrawals) {
      meeting.enqueue(preferences, suites);
    }
  };

  /** @param {Preferences} [next] */
  const join = async (next) => {
    if (next) {
      preferences = next;
      dispatch({ type: 'mode', mode: next.mode });
    }
    if (meeting.present() || (joining && !meeting.searching())) {
      return;
    }
    joining = true;
    try {
      await begin();
    } finally {
      joining = false;
    }
  };

  const stop = () => {
    withdrawals += 1;
    meeting.stop();
    media.release(KINDS);
    dispatch({ type: 'stopped' });
  };

  store.subscribe(({ stage }) => {
    if (stage === 'ended') {
      resting.startOnce(TALK.restMs, () => media.release(KINDS));
    } else {
      resting.stop();
    }
  });
  platform.onClosing(() => {
    if (store.get().stage !== 'idle') {
      stop();
    }
  });
  platform.onWake(meeting.wake);

  return {
    getState: store.get,
    subscribe: store.subscribe,
    streams: {
      local: media.stream,
      remote: () => meeting.present()?.stream() ?? null,
    },
    actions: {
      prepareMedia,
      join,
      rejoin: () => join(),
      stop,

      leaveQueue() {
        withdrawals += 1;
        meeting.leaveQueue();
        media.release(KINDS);
        dispatch({ type: 'idle' });
      },

      next(farewell) {
        meeting.leave('next', farewell);
        void join();
      },

      comeBack: meeting.comeBack,
      sendText: (text) => meeting.present()?.say(text) ?? false,
      setTyping: (active) => meeting.present()?.typing(active),
      propose: async (step) => meeting.reachable()?.propose(step),
      accept: async () => meeting.reachable()?.accept(),
      decline: () => meeting.reachable()?.decline(),
      stepDown: (step) => meeting.present()?.stepDown(step),
      toggleMicrophone: media.toggleMicrophone,
      toggleCamera: media.toggleCamera,

      confirmCode() {
        if (meeting.present()?.heard()) {
          dispatch({ type: 'compared' });
        } else {
          meeting.notice('compare_aloud');
        }
      },

      dismissNotice: (key) => dispatch({ type: 'dismissed', key }),
    },
  };
}

/**
 * @param {Platform} platform
 * @returns {Promise<{trouble: ProblemCode | null, suites: Suite[]}>}
 */
async function encryptionOf({ secure, subtle }) {
  if (!secure || !subtle) {
    return { trouble: 'insecure', suites: [] };
  }
  const suites = await supportedSuites(subtle);
  return { trouble: suites.length > 0 ? null : 'unsupported', suites };
}
