/**
 * One RTCPeerConnection, by perfect negotiation (W3C WebRTC 1.0, section 10.7;
 * its names are kept: polite, makingOffer, ignoreOffer,
 * isSettingRemoteAnswerPending). Either side may offer at any time; of two
 * offers that cross, the impolite side's stands.
 *
 * Every description is checked against the committed fingerprint before the
 * browser sees it.
 *
 * Both sides begin to send at the same moment, so without care offers would cross
 * every time. Rolling back works, but Chromium may then gather no candidates at
 * all; so the polite side first gives the other a moment to offer.
 */

import { createTimer } from '../lib/timer.js';
import { checkedSdp } from './fingerprints.js';
import { ensure, IntegrityError } from './integrity.js';
import { CALL } from './policy.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { Signal, WireCandidate, WireDescription } from './frames.js' */
/** @import { Kind } from './ladder.js' */
/** @import { Platform } from './types.js' */

/** @typedef {Pick<Signal, 'description'> | Pick<Signal, 'candidate'>} Outgoing */

/**
 * What the partner sends. Whether anything comes is read from the direction, not
 * from the track: Chromium leaves tracks muted after a rollback.
 *
 * @typedef {{track: MediaStreamTrack, transceiver: Pick<RTCRtpTransceiver,
 *   'currentDirection'>}} Remote
 */

/**
 * @typedef {object} PeerOptions
 * @property {RTCPeerConnection} connection
 * @property {Pick<Platform, 'setTimer' | 'clearTimer'>} platform
 * @property {boolean} polite
 * @property {Bytes} fingerprint what the partner committed to
 * @property {(signal: Outgoing) => void} send
 * @property {(remote: Remote) => void} onTrack
 * @property {() => void} onNegotiated directions may have changed
 * @property {(state: RTCPeerConnectionState) => void} onState
 * @property {(error: unknown) => void} onError an `IntegrityError`, or the call failed
 */

/** @param {PeerOptions} options */
export function createPeer({ connection, platform, polite, fingerprint, send, ...on }) {
  const yielding = createTimer(platform);
  let makingOffer = false;
  let ignoreOffer = false;
  let isSettingRemoteAnswerPending = false;
  let closed = false;
  /** @type {Map<Kind, RTCRtpTransceiver>} */
  const transceivers = new Map();

  connection.onnegotiationneeded = () => {
    if (polite) {
      yielding.start(CALL.yieldMs, () => void attempt(offerIfStable));
    } else {
      void attempt(offer);
    }
  };
  connection.onicecandidate = ({ candidate }) =>
    sendIfOpen({ candidate: candidate ? candidate.toJSON() : null });
  connection.ontrack = ({ track, transceiver }) => on.onTrack({ track, transceiver });
  connection.onsignalingstatechange = () => {
    if (connection.signalingState === 'stable') {
      on.onNegotiated();
    }
  };
  connection.onconnectionstatechange = () => on.onState(connection.connectionState);

  /** @param {() => Promise<void>} work */
  async function attempt(work) {
    try {
      await work();
    } catch (error) {
      if (!closed) {
        on.onError(error);
      }
    }
  }

  /** @param {Outgoing} signal */
  function sendIfOpen(signal) {
    if (!closed) {
      send(signal);
    }
  }

  /** After an answer the browser asks again if there is still something to offer. */
  async function offerIfStable() {
    if (connection.signalingState === 'stable') {
      await offer();
    }
  }

  async function offer() {
    try {
      makingOffer = true;
      await connection.setLocalDescription();
      sendDescription();
    } finally {
      makingOffer = false;
    }
  }

  function sendDescription() {
    const description = connection.localDescription;
    if (description) {
      sendIfOpen({ description: { type: description.type, sdp: description.sdp } });
    }
  }

  /** @param {WireDescription} description */
  async function receiveDescription(description) {
    const checked = checkedDescription(description, fingerprint);
    if (checked.type === 'answer') {
      await receiveAnswer(checked);
    } else {
      await receiveOffer(checked);
    }
  }

  /** @param {RTCSessionDescriptionInit} answer */
  async function receiveAnswer(answer) {
    ignoreOffer = false;
    // An offer that was said again is answered again: the second answer is old news.
    if (connection.signalingState === 'have-local-offer') {
      await setRemote(answer);
    }
  }

  /** @param {RTCSessionDescriptionInit} offer */
  async function receiveOffer(offer) {
    const readyForOffer =
      !makingOffer &&
      (connection.signalingState === 'stable' || isSettingRemoteAnswerPending);
    ignoreOffer = !polite && !readyForOffer;
    if (!ignoreOffer) {
      yielding.stop();
      await setRemote(offer);
      await connection.setLocalDescription();
      sendDescription();
    }
  }

  /** @param {RTCSessionDescriptionInit} description */
  async function setRemote(description) {
    isSettingRemoteAnswerPending = description.type === 'answer';
    try {
      await connection.setRemoteDescription(description);
    } finally {
      isSettingRemoteAnswerPending = false;
    }
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   * @param {MediaStream} stream
   */
  async function sendTrack(kind, track, stream) {
    const transceiver = transceivers.get(kind);
    if (transceiver) {
      const replaced = transceiver.sender.replaceTrack(track);
      transceiver.direction = track ? 'sendrecv' : 'recvonly';
      await replaced;
    } else if (track) {
      const sender = connection.addTrack(track, stream);
      const added = connection.getTransceivers().find((each) => each.sender === sender);
      transceivers.set(kind, /** @type {RTCRtpTransceiver} */ (added));
    }
  }

  /** @param {WireCandidate | null} candidate */
  async function receiveCandidate(candidate) {
    try {
      await connection.addIceCandidate(candidate);
    } catch {
      // Of an offer that was ignored, or a bad one: others may still connect.
    }
  }

  return {
    /** @param {Outgoing} signal the partner's @returns {Promise<void>} */
    receive: (signal) =>
      attempt(async () => {
        if ('description' in signal && signal.description) {
          await receiveDescription(signal.description);
        } else if ('candidate' in signal) {
          await receiveCandidate(signal.candidate ?? null);
        }
      }),

    /**
     * Send this track, or nothing, of a kind. Sending stops at once.
     *
     * @param {Kind} kind
     * @param {MediaStreamTrack | null} track
     * @param {MediaStream} stream
     */
    setTrack: (kind, track, stream) => attempt(() => sendTrack(kind, track, stream)),

    /** @param {RTCConfiguration} changes to the way candidates are found */
    restart: (changes) =>
      attempt(async () => {
        connection.setConfiguration({ ...connection.getConfiguration(), ...changes });
        connection.restartIce();
      }),

    /** Say again what may not have arrived: an offer that got no answer. */
    repeat: () =>
      attempt(async () => {
        if (connection.signalingState === 'have-local-offer') {
          sendDescription();
        }
      }),

    state: () => connection.connectionState,

    stats: () => connection.getStats(),

    close() {
      closed = true;
      yielding.stop();
      connection.close();
    },
  };
}

/**
 * @param {WireDescription} description
 * @param {Bytes} fingerprint
 * @returns {{type: 'offer' | 'answer', sdp: string}}
 */
function checkedDescription({ type, sdp }, fingerprint) {
  ensure(fingerprint.some(Boolean), 'fingerprint', 'the partner takes no calls');
  if (type !== 'offer' && type !== 'answer') {
    throw new IntegrityError('description', 'neither offer nor answer');
  }
  return { type, sdp: checkedSdp(sdp, fingerprint) };
}
