/**
 * Peer connections without a browser: the signaling states of W3C WebRTC 1.0
 * with implicit descriptions and rollback, tracks carried in the description.
 */

import { fingerprintText } from '../../../static/js/chat/fingerprints.js';
import { FakeTrack } from './devices.js';

/** @import { Kind } from './devices.js' */

/** What a description of ours says it sends. */
const SENDS = 'a=x-sends:';

export class FakeCertificate {
  /** @param {Uint8Array} fingerprint 32 bytes */
  constructor(fingerprint) {
    this.fingerprint = fingerprint;
    this.expires = 0;
  }

  getFingerprints() {
    return [
      { algorithm: 'sha-1', value: '00' },
      { algorithm: 'sha-256', value: fingerprintText(this.fingerprint).toLowerCase() },
    ];
  }
}

class FakeTransceiver {
  /** @param {FakePeerConnection} connection @param {FakeTrack} track */
  constructor(connection, track) {
    this.connection = connection;
    this.current = 'sendrecv';
    this.sender = {
      track: /** @type {FakeTrack | null} */ (track),
      replaceTrack: async (/** @type {FakeTrack | null} */ other) => {
        this.sender.track = other;
      },
    };
  }

  get direction() {
    return this.current;
  }

  set direction(direction) {
    if (direction !== this.current) {
      this.current = direction;
      this.connection.needNegotiation();
    }
  }
}

export class FakePeerConnection {
  /** @param {RTCConfiguration} configuration */
  constructor(configuration) {
    this.configuration = configuration;
    this.signalingState = 'stable';
    this.connectionState = 'new';
    /** @type {{type: string, sdp: string} | null} */
    this.localDescription = null;
    /** @type {FakeTransceiver[]} */
    this.transceivers = [];
    /** @type {Map<Kind, {track: FakeTrack, transceiver: {currentDirection: string}}>} */
    this.remote = new Map();
    /** @type {Map<string, unknown>} */
    this.stats = new Map();
    /** @type {unknown[]} */
    this.candidates = [];
    this.restarts = 0;
    this.rollbacks = 0;
    this.closed = false;
    /** whether the next description is one that a browser refuses */
    this.refuses = false;
    this.needed = false;
    /** @type {(() => void) | null} */
    this.onnegotiationneeded = null;
    /** @type {((event: any) => void) | null} */
    this.onicecandidate = null;
    /** @type {((event: any) => void) | null} */
    this.ontrack = null;
    /** @type {(() => void) | null} */
    this.onconnectionstatechange = null;
    /** @type {(() => void) | null} */
    this.onsignalingstatechange = null;
  }

  getConfiguration() {
    return this.configuration;
  }

  /** @param {RTCConfiguration} configuration */
  setConfiguration(configuration) {
    this.configuration = configuration;
  }

  getTransceivers() {
    return this.transceivers;
  }

  /** @param {FakeTrack} track */
  addTrack(track) {
    const transceiver = new FakeTransceiver(this, track);
    this.transceivers.push(transceiver);
    this.needNegotiation();
    return transceiver.sender;
  }

  restartIce() {
    this.restarts += 1;
    this.needNegotiation();
  }

  async getStats() {
    return this.stats;
  }

  createDataChannel() {
    return {};
  }

  async createOffer() {
    return { type: 'offer', sdp: this.#sdp() };
  }

  close() {
    this.closed = true;
  }

  /** @param {RTCPeerConnectionState} state */
  setState(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  needNegotiation() {
    this.needed = true;
    setTimeout(() => this.#negotiate(), 0);
  }

  #negotiate() {
    if (this.needed && this.signalingState === 'stable' && !this.closed) {
      this.needed = false;
      this.onnegotiationneeded?.();
    }
  }

  async setLocalDescription() {
    await pause();
    const answering = this.signalingState === 'have-remote-offer';
    this.localDescription = { type: answering ? 'answer' : 'offer', sdp: this.#sdp() };
    this.#signaling(answering ? 'stable' : 'have-local-offer');
    this.onicecandidate?.({ candidate: { toJSON: () => ({ candidate: 'a host' }) } });
    this.onicecandidate?.({ candidate: null });
    this.#negotiateIfStable();
  }

  /** @param {{type: string, sdp: string}} description */
  async setRemoteDescription({ type, sdp }) {
    if (this.refuses) {
      throw new DOMException('', 'InvalidAccessError');
    }
    if (type === 'answer') {
      this.#expect('have-local-offer');
    } else if (this.signalingState === 'have-local-offer') {
      this.rollbacks += 1;
      this.needed = true;
    }
    await pause();
    this.#receive(sdp);
    this.#signaling(type === 'answer' ? 'stable' : 'have-remote-offer');
    this.#negotiateIfStable();
  }

  /** @param {unknown} candidate */
  async addIceCandidate(candidate) {
    if (candidate && typeof candidate === 'object' && 'bad' in candidate) {
      throw new DOMException('', 'OperationError');
    }
    this.candidates.push(candidate);
  }

  /** @param {string} state */
  #expect(state) {
    if (this.signalingState !== state) {
      throw new DOMException(this.signalingState, 'InvalidStateError');
    }
  }

  /** @param {string} state */
  #signaling(state) {
    this.signalingState = state;
    this.onsignalingstatechange?.();
  }

  #negotiateIfStable() {
    if (this.signalingState === 'stable' && this.needed) {
      this.needNegotiation();
    }
  }

  #sdp() {
    const sending = this.transceivers.filter((each) => each.current === 'sendrecv');
    const kinds = sending.map((each) => each.sender.track?.kind).filter(Boolean);
    const [certificate] = /** @type {any[]} */ (this.configuration.certificates ?? []);
    const print = fingerprintText(certificate.fingerprint);
    const lines = [
      'v=0',
      `a=fingerprint:sha-256 ${print}`,
      `${SENDS}${kinds.join(',')}`,
    ];
    return `${lines.join('\r\n')}\r\n`;
  }

  /** @param {string} sdp */
  #receive(sdp) {
    const line = sdp.split('\r\n').find((each) => each.startsWith(SENDS));
    const kinds = (line ?? SENDS).slice(SENDS.length).split(',').filter(Boolean);
    for (const kind of /** @type {Kind[]} */ (kinds)) {
      this.#receiveKind(kind);
    }
    for (const [kind, { transceiver }] of this.remote) {
      transceiver.currentDirection = kinds.includes(kind) ? 'sendrecv' : 'sendonly';
    }
  }

  /** @param {Kind} kind */
  #receiveKind(kind) {
    if (!this.remote.has(kind)) {
      const received = {
        track: new FakeTrack(kind),
        transceiver: { currentDirection: 'sendrecv' },
      };
      this.remote.set(kind, received);
      this.ontrack?.(received);
    }
  }
}

/** A browser takes its time. */
function pause() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** @param {unknown} fake @returns {RTCPeerConnection} */
export function asConnection(fake) {
  return /** @type {RTCPeerConnection} */ (fake);
}
