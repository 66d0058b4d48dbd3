/**
 * Conversations whose sockets break at every point, and at random ones: whatever
 * happens, transcripts have no gap and no double, and nothing is sealed twice.
 * LONG=1 tries many more.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inTime, until } from '../support/clock.js';
import { talking, texts, twoPeople } from '../support/sessions.js';

/** @import { FakeServer } from '../support/server.js' */
/** @import { Person } from '../support/sessions.js' */

const SEEDS = process.env.LONG ? 400 : 12;
/** Every so many points: all of them take a while. */
const STRIDE = process.env.LONG ? 1 : 2;
const REAL_MS = 30;

/** @param {Person} who @param {'you' | 'stranger'} from */
const said = (who, from) =>
  texts(who)
    .filter((line) => line.startsWith(from))
    .map((line) => line.slice(from.length + 2));

/** @param {Person} ana @param {Person} bo */
function transcriptsAgree(ana, bo) {
  assert.deepEqual(said(ana, 'you'), said(bo, 'stranger'));
  assert.deepEqual(said(bo, 'you'), said(ana, 'stranger'));
}

/** @param {Person} ana @param {Person} bo */
const allReceived = (ana, bo) =>
  [ana, bo].every((who) =>
    who.state().lines.every(({ state }) => state === 'received' || state === 'shown'),
  );

/** @param {Person} ana @param {Person} bo */
const together = (ana, bo) =>
  [ana, bo].every(({ state }) => {
    const { stage, contact } = state();
    return stage === 'talking' && contact.own !== 'lost' && contact.partner !== 'away';
  });

/** @param {Person} ana @param {Person} bo */
const apart = (ana, bo) =>
  [ana, bo].every(({ state }) => ['waiting', 'ended'].includes(state().stage));

/**
 * Everything that passes is counted; one thing is lost, and its socket with it.
 *
 * @param {FakeServer} server
 * @param {number} point
 */
function breakAt(server, point) {
  const seen = { count: 0 };
  server.lose = () => {
    seen.count += 1;
    return seen.count === point;
  };
  return seen;
}

/** Lines both ways, some at once, some in answer. @param {number} point */
async function conversation(point) {
  const { server, clock, ana, bo } = await talking();
  const seen = breakAt(server, point);
  for (const text of ['a', 'b', 'c']) {
    ana.session.actions.sendText(text);
  }
  bo.session.actions.sendText('across');
  await inTime(clock, () => said(bo, 'stranger').length === 3, 'three lines');
  bo.session.actions.sendText('answer');
  ana.session.actions.sendText('d');
  await inTime(clock, () => allReceived(ana, bo), 'all receipts');
  transcriptsAgree(ana, bo);
  assert.deepEqual([], server.faults);
  assert.deepEqual([4, 2], [said(ana, 'you').length, said(bo, 'you').length]);
  return seen.count;
}

/** @param {number} seed @returns {() => number} 0 ≤ x < 1; mulberry32, in the public domain */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** @param {Person} who a wire that nobody notices to be dead */
function fallSilent(who) {
  const socket = who.socket();
  if (!socket.closed) {
    socket.silent = true;
    who.clock.setTimer(() => socket.noticeSilence(), 3000);
  }
}

/** @param {Person} who @param {number} code */
function drop(who, code) {
  const socket = who.socket();
  if (!socket.closed && !socket.silent) {
    socket.drop(code);
  }
}

/** @param {number} seed */
async function storm(seed) {
  const random = generator(seed);
  const { server, clock, ana, bo } = await talking();
  const either = () => (random() < 0.5 ? ana : bo);
  let written = 0;
  const happenings = [
    ...Array.from({ length: 6 }, () => () => {
      written += 1;
      either().session.actions.sendText(`line ${written}`);
    }),
    () => drop(either(), 1006),
    () => drop(either(), 1012),
    () => breakAt(server, 1 + Math.floor(random() * 12)),
    () => fallSilent(either()),
    () => server.crash(),
    () => either().wake(),
  ];
  for (let step = 0; step < 40; step += 1) {
    happenings[Math.floor(random() * happenings.length)]?.();
    await clock.advance(Math.floor(random() * 1500));
  }
  server.lose = () => false;
  await inTime(clock, () => allReceived(ana, bo), `receipts, seed ${seed}`);
  transcriptsAgree(ana, bo);
  assert.deepEqual([], server.faults);
  assert.deepEqual(['talking', 'talking'], [ana.state().stage, bo.state().stage]);
  assert.equal(written, said(ana, 'you').length + said(bo, 'you').length);
}

describe('a break at every point', () => {
  test('of a conversation: no gap, no double, one sealing', async () => {
    const points = await conversation(0);
    assert.ok(points > 20);
    for (let point = 1; point <= points; point += STRIDE) {
      await conversation(point);
    }
  });

  test('of a handshake: nobody is left between two chairs', async () => {
    for (let point = 1; point <= 24; point += STRIDE) {
      const { server, clock, ana, bo } = twoPeople();
      // Cryptography takes its real time: ours must not run ahead of it.
      clock.settle = () => new Promise((resolve) => setTimeout(resolve, REAL_MS));
      await ana.session.actions.join();
      await until(() => ana.state().stage === 'waiting', 'Ana to wait');
      await bo.session.actions.join();
      breakAt(server, point);
      await inTime(clock, () => together(ana, bo) || apart(ana, bo), `point ${point}`);
      for (const { session } of [ana, bo]) {
        assert.notEqual('integrity', session.getState().ended?.reason);
      }
      assert.deepEqual([], server.faults);
    }
  });
});

describe('breaks at random points', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    test(`seed ${seed}`, () => storm(seed));
  }
});
