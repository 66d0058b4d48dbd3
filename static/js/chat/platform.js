/** What the session takes from a real browser page. */

import { cookieValue } from '../lib/http.js';

/** @import { Platform, SocketLike, Translate } from './types.js' */

/** ms until a request that gets no answer counts as lost */
const REQUEST_MS = 15_000;
const CSRF_COOKIE = 'csrftoken';
const CERTIFICATE = { name: 'ECDSA', namedCurve: 'P-256' };

/**
 * @param {Window & typeof globalThis} page
 * @param {{translate?: Translate}} [options] `gettext` of Django's catalog, if there is one
 * @returns {Platform}
 */
export function browserPlatform(page, { translate = (message) => message } = {}) {
  const { crypto, document, navigator } = page;
  const Peer = page.RTCPeerConnection;
  return {
    subtle: crypto.subtle,
    secure: page.isSecureContext,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    random: () => page.Math.random(),
    now: () => page.Date.now(),
    setTimer: (callback, milliseconds) => page.setTimeout(callback, milliseconds),
    clearTimer: (timer) => page.clearTimeout(timer),
    fetch: (input, init) =>
      page.fetch(input, { ...init, signal: AbortSignal.timeout(REQUEST_MS) }),
    csrfToken: () => cookieValue(document.cookie, CSRF_COOKIE),
    openSocket: (url, protocols) =>
      /** @type {SocketLike} */ (
        /** @type {unknown} */ (new page.WebSocket(url, protocols))
      ),
    openPeer: Peer && ((configuration) => new Peer(configuration)),
    makeCertificate: Peer && (() => Peer.generateCertificate(CERTIFICATE)),
    devices: navigator.mediaDevices,
    permission: (name) => permissionState(navigator, name),
    makeStream: () => new page.MediaStream(),
    onClosing: (handler) =>
      page.addEventListener('pagehide', ({ persisted }) => {
        if (!persisted) {
          handler();
        }
      }),
    onWake(handler) {
      for (const event of ['online', 'offline', 'pageshow']) {
        page.addEventListener(event, handler);
      }
      document.addEventListener('visibilitychange', () => {
        if (isVisible(document)) {
          handler();
        }
      });
    },
    visible: () => isVisible(document),
    online: () => navigator.onLine,
    storage: {
      getItem: (key) => page.sessionStorage.getItem(key),
      setItem: (key, value) => page.sessionStorage.setItem(key, value),
    },
    translate,
  };
}

/** @param {Pick<Document, 'visibilityState'>} document */
function isVisible({ visibilityState }) {
  return visibilityState === 'visible';
}

/**
 * @param {Navigator} navigator
 * @param {'microphone' | 'camera'} name
 * @returns {Promise<PermissionState>}
 */
async function permissionState(navigator, name) {
  try {
    const query = { name: /** @type {PermissionName} */ (name) };
    return (await navigator.permissions.query(query)).state;
  } catch {
    return 'prompt';
  }
}
