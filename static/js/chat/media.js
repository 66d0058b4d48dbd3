/**
 * Camera and microphone: opened only when asked, one prompt for both, closed for
 * real. Every refusal becomes a sentence, and never an exception.
 */

import { createSerial } from '../lib/serial.js';

/** @import { Kind } from './ladder.js' */
/** @import { MediaState, Platform } from './types.js' */
/** @import { DeviceTrouble, Words } from './words.js' */

/** @typedef {Pick<Platform, 'devices' | 'permission' | 'secure' | 'makeStream'>} MediaPlatform */

/** @type {Readonly<Record<Kind, MediaTrackConstraints>>} */
const CONSTRAINTS = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: {
    facingMode: 'user',
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30, max: 30 },
  },
};

/** What getUserMedia rejects with (W3C Media Capture, section 10.2). */
/** @type {Readonly<Record<string, DeviceTrouble>>} */
const TROUBLES = {
  NotAllowedError: 'denied',
  NotFoundError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
  OverconstrainedError: 'unfit',
  SecurityError: 'forbidden',
  InvalidStateError: 'inactive',
};

/** Troubles of one device of two: the other may still open by itself. */
/** @type {readonly DeviceTrouble[]} */
const ONE_OF_TWO = ['missing', 'busy', 'unfit'];

/** @type {Readonly<Record<Kind, 'microphone' | 'camera'>>} */
const PERMISSIONS = { audio: 'microphone', video: 'camera' };

/**
 * @param {object} options
 * @param {MediaPlatform} options.platform
 * @param {Words} options.words
 * @param {(media: MediaState) => void} options.onChange
 */
export function createMedia({ platform, words, onChange }) {
  const { devices, secure } = platform;
  /** @type {Map<Kind, MediaStreamTrack>} */
  const tracks = new Map();
  /** @type {Set<Kind>} what is wanted now: a prompt may be answered after it is not */
  const wanted = new Set();
  const inTurn = createSerial(() => {});
  /** @type {MediaStream | null} */
  let stream = null;
  let muted = false;
  let paused = false;
  /** @type {string | null} */
  let problem = null;

  /** @returns {MediaState} */
  const state = () => {
    const microphone = muted ? 'muted' : 'on';
    const camera = paused ? 'paused' : 'off';
    return {
      microphone: tracks.has('audio') ? microphone : 'off',
      camera: tracks.has('video') ? 'on' : camera,
      problem,
    };
  };
  const changed = () => onChange(state());

  /** @param {string | null} sentence */
  const say = (sentence) => {
    problem = sentence;
    changed();
  };

  /** @param {Kind} kind @param {MediaStreamTrack} track */
  const keep = (kind, track) => {
    if (!wanted.has(kind) || tracks.has(kind)) {
      track.stop();
      return;
    }
    tracks.set(kind, track);
    track.enabled = kind === 'video' || !muted;
    track.onended = () => lost(kind, track);
    stream = stream ?? platform.makeStream();
    stream.addTrack(track);
  };

  /** @param {Kind} kind @param {MediaStreamTrack} track unplugged, or no longer allowed */
  const lost = (kind, track) => {
    if (tracks.get(kind) === track) {
      wanted.delete(kind);
      drop(kind);
      say(words.device([kind], 'lost'));
    }
  };

  /** @param {Kind} kind */
  const drop = (kind) => {
    const track = tracks.get(kind);
    if (track) {
      track.onended = null;
      track.stop();
      stream?.removeTrack(track);
      tracks.delete(kind);
    }
    stream = tracks.size === 0 ? null : stream;
  };

  /** @param {readonly Kind[]} kinds @returns {Promise<DeviceTrouble | null>} */
  const ask = async (kinds) => {
    const answer = await request(secure ? devices : undefined, kinds);
    for (const track of answer.tracks) {
      keep(track.kind === 'video' ? 'video' : 'audio', track);
    }
    return answer.trouble;
  };

  /** @param {readonly Kind[]} kinds all of which are missing */
  const askForAll = async (kinds) => {
    const trouble = await ask(kinds);
    const sentences = trouble ? await makeDo(kinds, trouble) : [];
    say(sentences.length > 0 ? sentences.join(' ') : null);
  };

  /**
   * Open what still may be opened, without a second question to anyone.
   *
   * @param {readonly Kind[]} kinds refused together
   * @param {DeviceTrouble} trouble
   * @returns {Promise<string[]>} what is wrong
   */
  const makeDo = async (kinds, trouble) => {
    const alone = await separable(platform, kinds, trouble);
    if (alone.length === 0) {
      return [words.device(kinds, trouble)];
    }
    /** @type {Map<Kind, DeviceTrouble | null>} */
    const troubles = new Map(kinds.map((kind) => [kind, trouble]));
    for (const kind of alone) {
      troubles.set(kind, await ask([kind]));
    }
    return [...troubles].flatMap(([kind, still]) =>
      still ? [words.device([kind], still)] : [],
    );
  };

  /** @param {readonly Kind[]} kinds @returns {Promise<boolean>} whether all are open */
  const open = async (kinds) => {
    for (const kind of kinds) {
      wanted.add(kind);
    }
    paused = paused && !kinds.includes('video');
    await inTurn(async () => {
      const missing = kinds.filter((kind) => wanted.has(kind) && !tracks.has(kind));
      if (missing.length > 0) {
        say(null);
        await askForAll(missing);
      }
    });
    return kinds.every((kind) => tracks.has(kind));
  };

  /** @param {readonly Kind[]} kinds closed at once, camera light included */
  const release = (kinds) => {
    for (const kind of kinds) {
      wanted.delete(kind);
      drop(kind);
    }
    paused = paused && !kinds.includes('video');
    changed();
  };

  return {
    state,
    open,
    release,

    /** @param {readonly Kind[]} kinds @returns {boolean} open, or closed on purpose */
    ready: (kinds) =>
      kinds.every((kind) => tracks.has(kind) || (kind === 'video' && paused)),

    /** @param {Kind} kind @returns {MediaStreamTrack | null} what may be sent */
    track: (kind) => tracks.get(kind) ?? null,

    /** @returns {MediaStream | null} */
    stream: () => stream,

    toggleMicrophone() {
      const track = tracks.get('audio');
      if (track) {
        muted = !muted;
        track.enabled = !muted;
        changed();
      }
    },

    async toggleCamera() {
      if (tracks.has('video')) {
        wanted.delete('video');
        drop('video');
        paused = true;
        changed();
      } else if (paused) {
        await open(['video']);
      }
    },
  };
}

/**
 * @param {Platform['devices']} devices undefined: the page is not secure
 * @param {readonly Kind[]} kinds
 * @returns {Promise<{tracks: MediaStreamTrack[], trouble: DeviceTrouble | null}>}
 */
async function request(devices, kinds) {
  if (!devices) {
    return { tracks: [], trouble: 'insecure' };
  }
  try {
    const entries = kinds.map((kind) => [kind, CONSTRAINTS[kind]]);
    const stream = await devices.getUserMedia(Object.fromEntries(entries));
    return { tracks: stream.getTracks(), trouble: null };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    return { tracks: [], trouble: TROUBLES[name] ?? 'unknown' };
  }
}

/**
 * @param {MediaPlatform} platform
 * @param {readonly Kind[]} kinds refused together
 * @param {DeviceTrouble} trouble
 * @returns {Promise<readonly Kind[]>} those to try alone. Who said no is not asked
 *   again: after a refusal, only what was allowed before
 */
async function separable(platform, kinds, trouble) {
  if (kinds.length < 2) {
    return [];
  }
  if (trouble !== 'denied') {
    return ONE_OF_TWO.includes(trouble) ? kinds : [];
  }
  const states = await Promise.all(
    kinds.map((kind) => platform.permission(PERMISSIONS[kind])),
  );
  return kinds.filter((_, index) => states[index] === 'granted');
}
