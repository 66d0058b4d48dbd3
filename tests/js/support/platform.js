/** A page for a session to live in, all of it under the test's hand. */

import { webcrypto } from 'node:crypto';
import { FakeClock } from './clock.js';
import { FakeDevices, FakeStream } from './devices.js';
import { asConnection, FakeCertificate, FakePeerConnection } from './peers.js';

/** @import { Platform } from '../../../static/js/chat/types.js' */

/**
 * @param {object} [given]
 * @param {FakeClock} [given.clock]
 * @param {{fetch: Platform['fetch'], openSocket: Platform['openSocket']}} [given.server]
 * @param {Partial<Platform>} [given.instead] replaces single members
 */
export function fakePage({ clock = new FakeClock(), server, instead = {} } = {}) {
  const devices = new FakeDevices();
  /** @type {FakePeerConnection[]} */
  const connections = [];
  /** @type {(() => void)[]} */
  const hiding = [];
  /** @type {(() => void)[]} */
  const waking = [];
  const page = { visible: true, online: true };
  /** @type {Map<string, string>} */
  const stored = new Map();

  /** @type {Platform} */
  const platform = {
    subtle: /** @type {SubtleCrypto} */ (webcrypto.subtle),
    secure: true,
    randomBytes: (length) => webcrypto.getRandomValues(new Uint8Array(length)),
    random: () => 0.5,
    now: clock.now,
    setTimer: clock.setTimer,
    clearTimer: clock.clearTimer,
    fetch: server?.fetch ?? (() => Promise.reject(new TypeError('no network'))),
    csrfToken: () => 'csrf',
    openSocket:
      server?.openSocket ??
      (() => {
        throw new Error('no server');
      }),
    openPeer(configuration) {
      const connection = new FakePeerConnection(configuration);
      connections.push(connection);
      return asConnection(connection);
    },
    makeCertificate: async () =>
      /** @type {RTCCertificate} */ (
        /** @type {unknown} */ (
          new FakeCertificate(webcrypto.getRandomValues(new Uint8Array(32)))
        )
      ),
    devices,
    permission: async (name) => devices.permissions[name],
    makeStream: () =>
      /** @type {MediaStream} */ (/** @type {unknown} */ (new FakeStream())),
    onClosing: (handler) => void hiding.push(handler),
    onWake: (handler) => void waking.push(handler),
    visible: () => page.visible,
    online: () => page.online,
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
    },
    translate: (message) => message,
    ...instead,
  };
  const hide = () => {
    for (const handler of hiding) {
      handler();
    }
  };
  const wake = () => {
    for (const handler of waking) {
      handler();
    }
  };
  return { platform, page, clock, devices, connections, stored, hide, wake };
}
