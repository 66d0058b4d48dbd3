/** The first line with something of a kind is held, and only that. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createHold, createTabHold } from '../../../static/js/chat/hold.js';

function aStorage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => {
      kept.set(key, value);
    },
  };
}

test('an ordinary line goes out', () => {
  assert.deepEqual(createHold().judge('hello there'), { kind: 'send' });
});

test('a line is held for what it holds, each kind once, in the order of the text', () => {
  const verdict = createHold().judge('ana@example.org bo@example.org +44 7700 900123');

  assert.equal(verdict.kind, 'hold');
  assert.deepEqual(verdict.kind === 'hold' && verdict.codes, ['email', 'phone']);
  assert.equal(verdict.kind === 'hold' && verdict.findings.length, 3);
});

test('what was held before passes, and what is new is held alone', () => {
  const hold = createHold(['email']);

  assert.deepEqual(hold.judge('ana@example.org'), { kind: 'send' });
  const verdict = hold.judge('ana@example.org, +44 7700 900123');
  assert.deepEqual(verdict.kind === 'hold' && verdict.codes, ['phone']);
});

test('a hold does not change; it says what comes after it', () => {
  const hold = createHold();
  const after = hold.after(['email']);

  assert.equal(hold.judge('ana@example.org').kind, 'hold');
  assert.equal(after.judge('ana@example.org').kind, 'send');
  assert.deepEqual([...after.seen], ['email']);
});

test('a tab holds each kind once, whatever becomes of the line', () => {
  const tab = createTabHold(aStorage());

  assert.equal(tab.judge('ana@example.org').kind, 'hold');
  assert.equal(tab.judge('ana@example.org').kind, 'send');
  assert.equal(tab.judge('please send me $20').kind, 'hold');
  assert.equal(tab.judge('please send me $20').kind, 'send');
});

test('a page loaded again in the same tab remembers', () => {
  const storage = aStorage();
  createTabHold(storage).judge('ana@example.org');

  assert.equal(createTabHold(storage).judge('bo@example.org').kind, 'send');
  assert.equal(createTabHold(aStorage()).judge('bo@example.org').kind, 'hold');
});

test('nothing is stored while nothing is held', () => {
  const storage = aStorage();
  createTabHold(storage).judge('hello');

  assert.equal(storage.getItem('strangerspace.nudged'), null);
});
