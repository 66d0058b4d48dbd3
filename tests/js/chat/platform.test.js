import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserPlatform } from '../../../static/js/chat/platform.js';

/** A page with as little as these tests need. @param {object} [more] */
function pageWith(more = {}) {
  /** @type {Record<string, unknown[]>} */
  const calls = {};
  const record =
    (/** @type {string} */ name) =>
    (/** @type {unknown[]} */ ...given) => {
      calls[name] = given;
      return given;
    };
  class Recorded {
    /** @param {...unknown} given */
    constructor(...given) {
      this.given = given;
    }
  }
  const page = {
    crypto: globalThis.crypto,
    document: {
      cookie: 'a=1; csrftoken=tok',
      visibilityState: 'visible',
      addEventListener: record('document.addEventListener'),
    },
    navigator: { onLine: true, mediaDevices: { getUserMedia: record('getUserMedia') } },
    isSecureContext: true,
    Math,
    Date,
    setTimeout: record('setTimeout'),
    clearTimeout: record('clearTimeout'),
    fetch: record('fetch'),
    WebSocket: Recorded,
    MediaStream: Recorded,
    addEventListener: record('addEventListener'),
    get sessionStorage() {
      throw new DOMException('', 'SecurityError');
    },
    ...more,
  };
  const platform = browserPlatform(/** @type {any} */ (page));
  return { platform, calls, Recorded };
}

test('what the page has, the session gets', () => {
  const { platform, calls, Recorded } = pageWith();
  assert.ok(platform.secure);
  assert.equal(globalThis.crypto.subtle, platform.subtle);
  assert.equal(16, platform.randomBytes(16).length);
  assert.notDeepEqual(platform.randomBytes(16), platform.randomBytes(16));
  assert.ok(platform.random() < 1);
  assert.ok(Math.abs(platform.now() - Date.now()) < 1000);
  assert.equal('tok', platform.csrfToken());
  assert.equal('words', platform.translate('words'));
  assert.ok(platform.makeStream() instanceof Recorded);
  const socket = /** @type {any} */ (platform.openSocket('ws://x', ['a']));
  assert.deepEqual(['ws://x', ['a']], socket.given);

  const callback = () => {};
  platform.setTimer(callback, 5);
  platform.clearTimer(7);
  assert.deepEqual([callback, 5], calls.setTimeout);
  assert.deepEqual([7], calls.clearTimeout);
});

/** A page whose events a test can make happen. */
function livePage() {
  /** @type {Record<string, (event: object) => void>} */
  const on = {};
  const addEventListener = (
    /** @type {string} */ name,
    /** @type {(event: object) => void} */ handler,
  ) => {
    on[name] = handler;
  };
  const document = { cookie: '', visibilityState: 'hidden', addEventListener };
  const navigator = { onLine: false };
  const { platform } = pageWith({ addEventListener, document, navigator });
  return { platform, document, on };
}

test('a page that may come back from the cache of pages has not gone', () => {
  const { platform, on } = livePage();
  let closed = 0;
  platform.onClosing(() => {
    closed += 1;
  });
  on.pagehide?.({ persisted: true });
  assert.equal(0, closed);
  on.pagehide?.({ persisted: false });
  assert.equal(1, closed);
});

test('networks, returns and being looked at wake the session', () => {
  const { platform, document, on } = livePage();
  let wakes = 0;
  platform.onWake(() => {
    wakes += 1;
  });
  assert.deepEqual([false, false], [platform.visible(), platform.online()]);
  on.visibilitychange?.({});
  assert.equal(0, wakes);
  document.visibilityState = 'visible';
  for (const name of ['visibilitychange', 'online', 'offline', 'pageshow']) {
    on[name]?.({});
  }
  assert.deepEqual([4, true], [wakes, platform.visible()]);
});

test('a request that is never answered comes to an end', () => {
  const { platform, calls } = pageWith();
  void platform.fetch('/x', { method: 'POST' });
  const [path, init] = /** @type {[string, RequestInit]} */ (calls.fetch);
  assert.deepEqual(['/x', 'POST'], [path, init.method]);
  assert.ok(init.signal instanceof AbortSignal);
});

test('a browser without calls has none to offer', () => {
  const { platform } = pageWith({ navigator: {} });
  assert.deepEqual(
    [undefined, undefined, undefined],
    [platform.openPeer, platform.makeCertificate, platform.devices],
  );
});

test('a browser with calls makes a certificate for each', async () => {
  class Peer {
    /** @param {object} configuration */
    constructor(configuration) {
      this.configuration = configuration;
    }

    /** @param {object} algorithm */
    static async generateCertificate(algorithm) {
      return algorithm;
    }
  }
  const { platform } = pageWith({ RTCPeerConnection: Peer });
  assert.deepEqual(
    { name: 'ECDSA', namedCurve: 'P-256' },
    await platform.makeCertificate?.(),
  );
  const opened = /** @type {any} */ (platform.openPeer?.({ iceServers: [] }));
  assert.deepEqual({ iceServers: [] }, opened.configuration);
});

test('permissions are told where the browser tells them', async () => {
  const permissions = {
    query: async (/** @type {{name: string}} */ { name }) => ({
      state: name === 'camera' ? 'denied' : 'granted',
    }),
  };
  const { platform } = pageWith({ navigator: { permissions } });
  assert.equal('denied', await platform.permission('camera'));
  assert.equal('granted', await platform.permission('microphone'));
  assert.equal('prompt', await pageWith().platform.permission('camera'));
});

test('storage that is forbidden is only met when it is used', () => {
  const { platform } = pageWith();
  assert.throws(() => platform.storage.getItem('x'), { name: 'SecurityError' });
  assert.throws(() => platform.storage.setItem('x', 'y'), { name: 'SecurityError' });
});
