/** Tracks, streams and devices without a browser. */

/** @typedef {'audio' | 'video'} Kind */

export class FakeTrack {
  /** @param {Kind} kind */
  constructor(kind) {
    this.kind = kind;
    this.enabled = true;
    /** @type {'live' | 'ended'} */
    this.readyState = 'live';
    /** @type {(() => void) | null} */
    this.onended = null;
  }

  stop() {
    this.readyState = 'ended';
  }

  /** The device is unplugged. */
  fail() {
    this.readyState = 'ended';
    this.onended?.();
  }
}

export class FakeStream {
  /** @param {FakeTrack[]} [tracks] */
  constructor(tracks = []) {
    this.tracks = new Set(tracks);
  }

  /** @param {FakeTrack} track */
  addTrack(track) {
    this.tracks.add(track);
  }

  /** @param {FakeTrack} track */
  removeTrack(track) {
    this.tracks.delete(track);
  }

  getTracks() {
    return [...this.tracks];
  }

  /** @returns {string[]} */
  kinds() {
    return this.getTracks()
      .map((track) => track.kind)
      .sort();
  }
}

export class FakeDevices {
  constructor() {
    /** @type {MediaStreamConstraints[]} what was asked for */
    this.asked = [];
    /** @type {FakeTrack[]} what was given */
    this.given = [];
    /** @type {(constraints: MediaStreamConstraints) => Promise<void>} throws to refuse */
    this.answer = async () => {};
    /** @type {Record<'microphone' | 'camera', PermissionState>} */
    this.permissions = { microphone: 'prompt', camera: 'prompt' };
  }

  /** @param {string} name of the DOMException for everything asked from now on */
  refuse(name) {
    this.answer = async () => {
      throw new DOMException('', name);
    };
  }

  allow() {
    this.answer = async () => {};
  }

  /** @param {MediaStreamConstraints} [constraints] */
  getUserMedia = async (constraints = {}) => {
    this.asked.push(constraints);
    await this.answer(constraints);
    const kinds = /** @type {Kind[]} */ (Object.keys(constraints));
    const tracks = kinds.map((kind) => new FakeTrack(kind));
    this.given.push(...tracks);
    return /** @type {MediaStream} */ (/** @type {unknown} */ (new FakeStream(tracks)));
  };

  /** @returns {Kind[]} kinds whose device is open now */
  open() {
    return this.given
      .filter((track) => track.readyState === 'live')
      .map((track) => track.kind)
      .sort();
  }
}
