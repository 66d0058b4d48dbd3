/** Two people at one server, ready for a test. */

import { createSession } from '../../../static/js/chat/session.js';
import { FakeClock, settle, until } from './clock.js';
import { fakePage } from './platform.js';
import { FakeServer } from './server.js';

/** @import { Mode, Platform, State } from '../../../static/js/chat/types.js' */
/** @import { FakeSocket } from './server.js' */

/**
 * @typedef {ReturnType<typeof fakePage> & {
 *   session: import('../../../static/js/chat/types.js').Session,
 *   state: () => State,
 *   socket: () => FakeSocket,
 * }} Person
 */

/**
 * @param {FakeServer} server
 * @param {Mode} [mode]
 * @param {Partial<Platform>} [instead]
 * @returns {Person}
 */
export function person(server, mode = 'text', instead = {}) {
  /** @type {FakeSocket | null} */
  let own = null;
  const openSocket = (/** @type {string} */ url, /** @type {string[]} */ protocols) => {
    own = server.openSocket(url, protocols);
    return own;
  };
  const page = fakePage({
    clock: server.clock,
    server: { fetch: server.fetch, openSocket },
    instead,
  });
  const session = createSession({
    platform: page.platform,
    preferences: { mode, interests: ['jazz'], languages: ['en'] },
  });
  const socket = () => /** @type {FakeSocket} */ (own);
  return { ...page, session, state: session.getState, socket };
}

/** @param {Mode} [mode] */
export function twoPeople(mode = 'text') {
  const server = new FakeServer(new FakeClock());
  return {
    server,
    clock: server.clock,
    ana: person(server, mode),
    bo: person(server, mode),
  };
}

/** @param {Mode} [mode] */
export async function talking(mode = 'text') {
  const all = twoPeople(mode);
  await meet(all.ana, all.bo);
  return all;
}

/** @param {Person} ana becomes A @param {Person} bo becomes B */
export async function meet(ana, bo) {
  await ana.session.actions.join();
  await until(() => ana.state().stage === 'waiting', 'Ana to wait');
  await bo.session.actions.join();
  await bothAt(ana, bo, 'talking');
}

/** @param {Person} ana @param {Person} bo @param {State['stage']} stage */
export async function bothAt(ana, bo, stage) {
  await until(() => ana.state().stage === stage, `Ana at ${stage}`);
  await until(() => bo.state().stage === stage, `Bo at ${stage}`);
  await settle();
}

/** @param {Person} who @returns {string[]} */
export function texts(who) {
  return who.state().lines.map((line) => `${line.who}: ${line.text}`);
}

/** @param {Person} who @returns {string[]} of one's own lines */
export function progress(who) {
  const own = who.state().lines.filter((line) => line.who === 'you');
  return own.map((line) => line.state);
}
