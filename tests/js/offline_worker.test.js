/** The service worker, run as a browser runs it, in a small world of its own. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';

const SOURCE = await readFile(
  new URL('../../static/js/offline/worker.js', import.meta.url),
  'utf8',
);
const ORIGIN = 'https://stranger.test';
const KIT = {
  cache: 'offline-new',
  page: '/offline/',
  files: ['/static/css/base.css'],
};

/** @typedef {{url: string, cache?: string, credentials?: string}} Asked */

/** @param {(url: string) => Promise<string>} network */
function aWorker(network) {
  /** @type {Map<string, Map<string, string>>} */
  const stores = new Map([
    ['offline-old', new Map()],
    ['somebody-else', new Map()],
  ]);
  /** @type {Map<string, (event: object) => void>} */
  const listeners = new Map();
  /** @type {Asked[]} */
  const added = [];
  const told = { skipped: false, preloads: false };

  /** @param {string} name */
  const open = async (name) => {
    const store = stores.get(name) ?? new Map();
    stores.set(name, store);
    return {
      addAll: async (/** @type {Asked[]} */ requests) => {
        for (const request of requests) {
          added.push(request);
          store.set(request.url, `kept ${request.url}`);
        }
      },
      match: async (/** @type {string} */ url, /** @type {object} */ options) => {
        assert.deepEqual({ ...options }, { ignoreVary: true });
        return store.get(new URL(url, ORIGIN).pathname);
      },
    };
  };
  const world = createContext({
    self: {
      offlineKit: KIT,
      location: { origin: ORIGIN },
      addEventListener: (
        /** @type {string} */ type,
        /** @type {(event: object) => void} */ listener,
      ) => listeners.set(type, listener),
      skipWaiting: async () => {
        told.skipped = true;
      },
      registration: {
        navigationPreload: {
          enable: async () => {
            told.preloads = true;
          },
        },
      },
    },
    caches: {
      open,
      keys: async () => [...stores.keys()],
      delete: async (/** @type {string} */ name) => stores.delete(name),
    },
    fetch: (/** @type {{url: string}} */ { url }) => network(url),
    URL,
    Request: class {
      constructor(/** @type {string} */ url, /** @type {object} */ init) {
        Object.assign(this, { url, ...init });
      }
    },
    Response: { error: () => 'network error' },
  });
  runInContext(SOURCE, world);

  /** @param {string} type */
  const live = async (type) => {
    /** @type {Promise<unknown>[]} */
    const work = [];
    listeners.get(type)?.({
      waitUntil: (/** @type {Promise<unknown>} */ one) => work.push(one),
    });
    await Promise.all(work);
  };
  /** @param {object} request @param {Promise<string | undefined>} [preloadResponse] */
  const ask = (request, preloadResponse) => {
    /** @type {Promise<string> | undefined} */
    let answer;
    listeners.get('fetch')?.({
      request: { method: 'GET', mode: 'cors', ...request },
      preloadResponse,
      respondWith: (/** @type {Promise<string>} */ given) => {
        answer = given;
      },
    });
    return answer;
  };
  return { live, ask, stores, added, told };
}

const offline = () => Promise.reject(new TypeError('no network'));
const online = async (/** @type {string} */ url) => `fetched ${url}`;
const page = (/** @type {string} */ path) => ({
  url: `${ORIGIN}${path}`,
  mode: 'navigate',
});

test('it keeps its page and the files of it, fetched anew and without cookies', async () => {
  const { live, added, told } = aWorker(online);
  await live('install');

  assert.deepEqual(
    added.map(({ url }) => url),
    ['/offline/', '/static/css/base.css'],
  );
  for (const { cache, credentials } of added) {
    assert.deepEqual([cache, credentials], ['reload', 'omit']);
  }
  assert.equal(told.skipped, true);
});

test('a new one forgets what the old one kept, and nothing of others', async () => {
  const { live, stores, told } = aWorker(online);
  await live('install');
  await live('activate');

  assert.deepEqual([...stores.keys()], ['somebody-else', 'offline-new']);
  assert.equal(told.preloads, true);
});

test('pages come from the network', async () => {
  const { live, ask } = aWorker(online);
  await live('install');

  assert.equal(await ask(page('/')), `fetched ${ORIGIN}/`);
  assert.equal(await ask(page('/'), Promise.resolve('preloaded')), 'preloaded');
  assert.equal(await ask(page('/'), Promise.resolve(undefined)), `fetched ${ORIGIN}/`);
});

test('without network every page is the kept one', async () => {
  const { live, ask } = aWorker(offline);
  await live('install');

  for (const path of ['/', '/talk/?mode=text', '/account/you/', '/nowhere/']) {
    assert.equal(await ask(page(path)), 'kept /offline/');
  }
  assert.equal(await ask(page('/'), offline()), 'kept /offline/');
});

test('what the kept page needs comes from the network, or else from the device', async () => {
  const request = { url: `${ORIGIN}/static/css/base.css` };
  const near = aWorker(offline);
  await near.live('install');
  const far = aWorker(online);
  await far.live('install');

  assert.equal(await near.ask(request), 'kept /static/css/base.css');
  assert.equal(await far.ask(request), `fetched ${ORIGIN}/static/css/base.css`);
});

test('everything else is left to the browser', async () => {
  const { live, ask } = aWorker(online);
  await live('install');

  for (const request of [
    { url: `${ORIGIN}/api/v1/status` },
    { url: `${ORIGIN}/api/v1/realtime/tickets`, method: 'POST' },
    { url: `${ORIGIN}/age/`, mode: 'navigate', method: 'POST' },
    { url: `${ORIGIN}/static/js/chat/main.js` },
    { url: 'https://elsewhere.test/static/css/base.css' },
  ]) {
    assert.equal(ask(request), undefined);
  }
});

test('nothing is stored after the installation, whatever is visited', async () => {
  const { live, ask, stores, added } = aWorker(online);
  await live('install');
  await live('activate');
  const before = [...(stores.get('offline-new')?.keys() ?? [])];
  for (const path of [
    '/',
    '/talk/?mode=text',
    '/api/v1/status',
    '/admin/',
    '/account/you/',
  ]) {
    await ask(page(path));
  }

  assert.deepEqual([...(stores.get('offline-new')?.keys() ?? [])], before);
  assert.equal(added.length, 2);
});

test('a page that was never kept is a plain failure', async () => {
  assert.equal(await aWorker(offline).ask(page('/')), 'network error');
});
