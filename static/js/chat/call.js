/**
 * The call of one conversation: opens a peer connection once the ladder leaves
 * `text`, sends what the ladder carries and the devices give, shows what the
 * ladder carries and the partner sends, and restarts what broke.
 *
 * One connection serves the whole conversation. While the ladder stands at
 * `text` none is opened, so nobody learns an address. A lost socket leaves it as it
 * is: sound and pictures go on, and what broke meanwhile is mended afterwards.
 */

import { createTimer } from '../lib/timer.js';
import { arrivedIn, createArrivalWatch } from './arrivals.js';
import { ensure, IntegrityError } from './integrity.js';
import { carriedAt, KINDS } from './ladder.js';
import { createMending } from './mending.js';
import { createPeer } from './peer.js';
import { CALL, HANDSHAKE } from './policy.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { Kind } from './ladder.js' */
/** @import { Outgoing, Remote } from './peer.js' */
/** @import { Platform, RemoteState, State, Step } from './types.js' */

/**
 * @typedef {object} CallOptions
 * @property {Pick<Platform, 'openPeer' | 'makeStream' | 'now' | 'setTimer' | 'clearTimer'>} platform
 * @property {boolean} polite
 * @property {RTCCertificate | null} certificate null: no calls from us
 * @property {Bytes} fingerprint of the partner; zeros: no calls from them
 * @property {RTCIceServer[]} iceServers
 * @property {boolean} relayOnly
 * @property {{track: (kind: Kind) => MediaStreamTrack | null}} media
 * @property {(signal: Outgoing) => void} send
 * @property {() => void} refresh ask for fresh ICE servers
 * @property {(remote: RemoteState) => void} onRemote
 * @property {(connection: State['connection']) => void} onConnection
 * @property {() => void} onFailed the call found no way, again and again
 * @property {(error: IntegrityError) => void} onIntegrity
 */

/** @type {Readonly<Record<RTCPeerConnectionState, State['connection'] | null>>} */
const CONNECTIONS = {
  new: 'new',
  connecting: 'connecting',
  connected: 'connected',
  disconnected: 'connecting',
  failed: 'connecting',
  closed: null,
};

/** @param {CallOptions} options */
export function createCall(options) {
  const { platform, media, send } = options;
  const possible = options.certificate !== null && options.fingerprint.some(Boolean);
  const outgoing = platform.makeStream();
  const incoming = platform.makeStream();
  const looking = createTimer(platform);
  /** @type {Map<Kind, Remote>} what the partner sends */
  const remote = new Map();
  /** @type {Map<Kind, MediaStreamTrack | null>} what we send */
  const sending = new Map();
  /** @type {Outgoing[]} signals that came before a connection was allowed */
  const held = [];
  /** @type {ReturnType<typeof createPeer> | null} */
  let peer = null;
  /** @type {Step} */
  let ceiling = 'text';
  let { iceServers, relayOnly } = options;
  let watch = createArrivalWatch();
  /** once; a connection that heals still shows its last picture */
  let connected = false;
  let ended = false;

  /** How candidates are found. @returns {RTCConfiguration} */
  const finding = () => ({
    iceServers,
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
  });

  const mending = createMending({
    platform,
    refresh: options.refresh,
    restart: () => void peer?.restart(finding()),
    onGivenUp: () => giveUp(),
  });

  const openPeer = () => {
    const { certificate } = options;
    if (peer || !possible || !platform.openPeer || !certificate) {
      return;
    }
    peer = createPeer({
      connection: platform.openPeer({
        ...finding(),
        bundlePolicy: 'max-bundle',
        certificates: [certificate],
      }),
      platform,
      polite: options.polite,
      fingerprint: options.fingerprint,
      send,
      onTrack,
      onNegotiated,
      onState,
      onError,
    });
    for (const signal of held.splice(0)) {
      void peer.receive(signal);
    }
  };

  /** @param {Remote} arrived */
  const onTrack = (arrived) => {
    const { track } = arrived;
    remote.set(track.kind === 'video' ? 'video' : 'audio', arrived);
    track.onended = show;
    show();
  };

  const onNegotiated = () => {
    show();
    if (!connected) {
      mending.negotiated();
    }
  };

  /** @param {RTCPeerConnectionState} state */
  const onState = (state) => {
    if (state === 'connected') {
      connected = true;
      show();
    }
    mending.state(state);
    const connection = CONNECTIONS[state];
    if (connection && !(state === 'failed' && mending.exhausted())) {
      options.onConnection(connection);
    }
  };

  /** @param {unknown} error */
  const onError = (error) => {
    if (error instanceof IntegrityError) {
      options.onIntegrity(error);
    } else {
      giveUp();
    }
  };

  const giveUp = () => {
    options.onConnection('failed');
    options.onFailed();
  };

  const sendWhatMayBeSent = () => {
    for (const kind of KINDS) {
      const track = carriedAt(ceiling).includes(kind) ? media.track(kind) : null;
      if (track !== (sending.get(kind) ?? null)) {
        sending.set(kind, track);
        void peer?.setTrack(kind, track, outgoing);
      }
    }
  };

  /** @param {Kind} kind @returns {MediaStreamTrack | null} what may be shown */
  const shown = (kind) => {
    const entry = carriedAt(ceiling).includes(kind) ? remote.get(kind) : undefined;
    return connected && entry && isComing(entry) ? entry.track : null;
  };

  const show = () => {
    if (ended) {
      return;
    }
    const tracks = KINDS.map(shown).filter((track) => track !== null);
    for (const track of incoming.getTracks().filter((each) => !tracks.includes(each))) {
      incoming.removeTrack(track);
    }
    for (const track of tracks) {
      incoming.addTrack(track);
    }
    const video = shown('video') !== null;
    options.onRemote({
      audio: shown('audio') !== null,
      video,
      blurred: video && ceiling === 'blurred',
    });
  };

  const watchArrivals = () => {
    watch = createArrivalWatch();
    const everything = carriedAt(ceiling).length === KINDS.length;
    if (peer && !everything) {
      looking.start(CALL.lookEveryMs, look);
    } else {
      looking.stop();
    }
  };

  const look = async () => {
    const report = await peer?.stats();
    const allowed = carriedAt(ceiling);
    if (ended || !report || allowed.length === KINDS.length) {
      return;
    }
    if (watch.look(arrivedIn(report), allowed, platform.now())) {
      options.onIntegrity(new IntegrityError('ladder', 'media above the step'));
      return;
    }
    looking.startOnce(CALL.lookEveryMs, look);
  };

  return {
    /** @returns {MediaStream | null} */
    stream: () => (peer ? incoming : null),

    /** @param {Step} step nothing above it is sent or shown from now on */
    update(step) {
      const begins = ceiling === 'text' && step !== 'text';
      ceiling = step;
      if (begins) {
        openPeer();
        mending.begin();
      }
      sendWhatMayBeSent();
      show();
      watchArrivals();
    },

    mediaChanged: sendWhatMayBeSent,

    /** @param {Outgoing} signal the partner's */
    receive(signal) {
      if (peer) {
        void peer.receive(signal);
        return;
      }
      ensure(held.length < HANDSHAKE.heldSignals, 'signals', 'too many');
      held.push(signal);
    },

    /** @param {RTCIceServer[]} servers fresh ones */
    servers(servers) {
      iceServers = servers;
      mending.served();
    },

    /** @param {boolean} relay through the relay only, from now on, or not any more */
    reroute(relay) {
      relayOnly = relay;
      if (peer) {
        mending.refreshed();
      }
    },

    /** Signals do not pass: one of the two has no socket. */
    pause: mending.pause,

    /** @param {RTCIceServer[]} [servers] signals pass again; fresh servers, if any */
    goOn(servers) {
      iceServers = servers ?? iceServers;
      void peer?.repeat();
      mending.goOn(peer?.state() ?? null);
    },

    end() {
      ended = true;
      mending.stop();
      looking.stop();
      peer?.close();
    },
  };
}

/** @param {Remote} remote */
function isComing({ track, transceiver }) {
  const { currentDirection } = transceiver;
  const coming = currentDirection === 'sendrecv' || currentDirection === 'recvonly';
  return coming && track.readyState === 'live';
}
