/**
 * The call's place in a conversation: its signals held until the partner's confirm
 * is verified, its route, and its pause while signals do not pass.
 */

import { createCall } from './call.js';
import { ensure } from './integrity.js';
import { HANDSHAKE } from './policy.js';
import { beginningRoute, routeAfter } from './route.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { CallIdentity } from './certificate.js' */
/** @import { ClientFrame, Matched, Resumed, RouteState, Signal } from './frames.js' */
/** @import { Outgoing } from './peer.js' */
/** @import { StateEvent } from './state.js' */
/** @import { Platform, Step } from './types.js' */
/** @import { NoticeCode } from './words.js' */

/**
 * @typedef {object} CallingOptions
 * @property {Platform} platform
 * @property {Matched} matched
 * @property {ReturnType<typeof import('./media.js').createMedia>} media
 * @property {(frame: ClientFrame) => void} send
 * @property {(event: StateEvent) => void} dispatch
 * @property {(code: NoticeCode) => void} notice
 * @property {() => void} onIntegrity
 */

/** @param {CallingOptions} options */
export function createCalling(options) {
  const { platform, matched, media, send, dispatch } = options;
  const { conversation } = matched;
  /** @type {Outgoing[]} signals from before the partner's confirm was verified */
  const held = [];
  /** @type {ReturnType<typeof createCall> | null} */
  let call = null;
  let route = beginningRoute(matched.route);
  let passing = true;
  /** @type {RTCIceServer[] | undefined} fresh ones, for when signals pass again */
  let fresh;

  /** @param {Bytes} fingerprint of the partner @param {CallIdentity} identity own */
  const create = (fingerprint, identity) =>
    createCall({
      platform,
      polite: matched.polite,
      certificate: identity.certificate,
      fingerprint,
      iceServers: matched.ice_servers,
      relayOnly: route.state === 'relay',
      media,
      send: (signal) => send({ type: 'signal', conversation, ...signal }),
      refresh: () => send({ type: 'ice.refresh', conversation }),
      onRemote: (remote) => dispatch({ type: 'remote', remote }),
      onConnection: (connection) => dispatch({ type: 'connection', connection }),
      onFailed: () => options.notice('call_failed'),
      onIntegrity: options.onIntegrity,
    });

  /** @param {Pick<RouteState, 'state' | 'version'>} news */
  const rerouted = (news) => {
    const after = routeAfter(route, news);
    if (after) {
      route = after;
      dispatch({ type: 'route', route });
      call?.reroute(route.state === 'relay');
    }
  };

  return {
    rerouted,
    route: () => route,
    stream: () => call?.stream() ?? null,
    mediaChanged: () => call?.mediaChanged(),

    /** @param {Step} step nothing above it is sent or shown from now on */
    update: (step) => call?.update(step),

    /** @param {RTCIceServer[]} servers fresh ones */
    servers: (servers) => call?.servers(servers),

    /**
     * The handshake is done.
     *
     * @param {Bytes} fingerprint of the partner
     * @param {CallIdentity} identity own
     * @param {Step} step
     */
    open(fingerprint, identity, step) {
      call = create(fingerprint, identity);
      call.update(step);
      for (const signal of held.splice(0)) {
        call.receive(signal);
      }
    },

    /** @param {Signal} frame */
    signal({ type: _, conversation: __, ...rest }) {
      const arrived = /** @type {Outgoing} */ (rest);
      if (call) {
        call.receive(arrived);
        return;
      }
      ensure(held.length < HANDSHAKE.heldSignals, 'signals', 'too many');
      held.push(arrived);
    },

    /** One of the two has no socket. */
    pause() {
      passing = false;
      call?.pause();
    },

    /** @param {Pick<Resumed, 'route' | 'ice_servers'>} news */
    resumed(news) {
      rerouted(news.route);
      fresh = news.ice_servers;
    },

    /** Both have one again. */
    goOn() {
      if (!passing) {
        passing = true;
        call?.goOn(fresh);
        fresh = undefined;
      }
    },

    end: () => call?.end(),
  };
}
