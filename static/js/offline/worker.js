/**
 * The service worker: keeps one page, and what that page is drawn with, for when
 * there is no network. It stores these when it is installed and nothing ever
 * after: no page with a visitor's cookie, no word of a conversation, no answer of
 * the server can lie in its cache.
 *
 * The server writes one line above this file that sets `offlineKit`
 * (`strangerspace/pwa.py`). A classic script: not every browser takes modules here.
 */

/**
 * @typedef {object} OfflineKit
 * @property {string} cache its name; another one for every change of what is in it
 * @property {string} page
 * @property {readonly string[]} files that the page needs
 */

/**
 * @typedef {object} WorkerScope what is used of a ServiceWorkerGlobalScope
 * @property {OfflineKit} offlineKit
 * @property {{origin: string}} location
 * @property {() => Promise<void>} skipWaiting
 * @property {{navigationPreload?: {enable: () => Promise<void>}}} registration
 * @property {(type: string, listener: (event: any) => void) => void} addEventListener
 */

/** @typedef {{waitUntil: (work: Promise<unknown>) => void}} LifeEvent */

/**
 * @typedef {object} RequestEvent
 * @property {Request} request
 * @property {Promise<Response | undefined>} [preloadResponse]
 * @property {(answer: Promise<Response>) => void} respondWith
 */

const scope = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));
const kit = scope.offlineKit;
const CACHE_PREFIX = 'offline-';

scope.addEventListener('install', (/** @type {LifeEvent} */ event) => {
  event.waitUntil(keep().then(() => scope.skipWaiting()));
});

scope.addEventListener('activate', (/** @type {LifeEvent} */ event) => {
  event.waitUntil(Promise.all([forgetOthers(), preload()]));
});

scope.addEventListener('fetch', (/** @type {RequestEvent} */ event) => {
  const { request } = event;
  if (isPage(request)) {
    event.respondWith(pageOf(event));
  } else if (isKept(request)) {
    event.respondWith(fetch(request).catch(() => kept(request.url)));
  }
});

/** Fetched anew and without cookies: the same for everybody. */
async function keep() {
  const cache = await caches.open(kit.cache);
  const fresh = /** @type {const} */ ({ cache: 'reload', credentials: 'omit' });
  await cache.addAll([kit.page, ...kit.files].map((url) => new Request(url, fresh)));
}

async function forgetOthers() {
  const names = await caches.keys();
  const old = names.filter(
    (name) => name.startsWith(CACHE_PREFIX) && name !== kit.cache,
  );
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** Lets pages be fetched while this worker still starts, where browsers can. */
async function preload() {
  await scope.registration.navigationPreload?.enable();
}

/** @param {Request} request */
function isPage({ mode, method }) {
  return mode === 'navigate' && method === 'GET';
}

/** @param {Request} request */
function isKept({ url, method }) {
  const { origin, pathname } = new URL(url);
  return (
    method === 'GET' && origin === scope.location.origin && kit.files.includes(pathname)
  );
}

/** From the network, always; the kept page only when there is none. @param {RequestEvent} event */
async function pageOf(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return kept(kit.page);
  }
}

/** @param {string} url */
async function kept(url) {
  const cache = await caches.open(kit.cache);
  // What varied with cookies or languages was fetched once, for all.
  return (await cache.match(url, { ignoreVary: true })) ?? Response.error();
}
