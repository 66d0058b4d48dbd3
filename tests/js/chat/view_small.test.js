/** The small pure parts of the pages: interests, loudness, the other window. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { levelOf } from '../../../static/js/chat/view/level.js';
import { createOtherWindow } from '../../../static/js/chat/view/other_window.js';
import { createWords } from '../../../static/js/chat/view/words.js';
import {
  interestsIn,
  MOST_INTERESTS,
  withInterest,
} from '../../../static/js/pages/interest_list.js';

/** @param {object} state */
const aState = (state) =>
  /** @type {import('../../../static/js/chat/types.js').State} */ (state);
const words = createWords((message) => message);

test('interests are tidied and each is kept once, whatever its letters', () => {
  assert.deepEqual(interestsIn(' jazz ,Jazz,  hot   tea,, ＪＡＺＺ'), [
    'jazz',
    'hot tea',
  ]);
});

test('an interest is at most 32 characters and there are at most ten', () => {
  const many = interestsIn(Array.from({ length: 12 }, (_, n) => `topic ${n}`).join());

  assert.equal(many.length, MOST_INTERESTS);
  assert.deepEqual(withInterest(many, 'one more'), many);
  assert.equal([...(withInterest([], '🙂'.repeat(40))[0] ?? '')].length, 32);
});

test('silence is nothing, a loud voice is everything', () => {
  assert.equal(levelOf(new Float32Array(8)), 0);
  assert.equal(levelOf(new Float32Array(8).fill(0.9)), 1);
  assert.ok(levelOf(new Float32Array(8).fill(0.05)) > 0.1);
});

test('two windows that wait tell each other, and one that waits alone does not', () => {
  const { first, second, told } = twoWindows();
  first.draw(aState({ stage: 'waiting' }));
  assert.deepEqual(told, { first: false, second: false });
  second.draw(aState({ stage: 'waiting' }));
  assert.deepEqual(told, { first: true, second: true });
  first.draw(aState({ stage: 'idle' }));
  assert.deepEqual(told, { first: false, second: false });
});

function twoWindows() {
  const told = { first: false, second: false };
  /** @returns {{postMessage: (data: unknown) => void, onmessage: any}} */
  const channel = () => ({ postMessage: () => {}, onmessage: null });
  const [a, b] = [channel(), channel()];
  a.postMessage = (data) => b.onmessage?.({ data });
  b.postMessage = (data) => a.onmessage?.({ data });
  const first = createOtherWindow(a, (other) => {
    told.first = other;
  });
  const second = createOtherWindow(b, (other) => {
    told.second = other;
  });
  return { first, second, told };
}

test('how many wait is said in a whole sentence, and unknown is said to be unknown', () => {
  const waiting = { others: 1, expected: null, since: 0 };
  const state = aState({ stage: 'waiting', waiting });

  assert.equal(words.waitingOthers(state), 'One other person is waiting too.');
  assert.equal(words.waitingExpected(state), "How long it takes, we don't know yet.");
});

test('a measured wait is told in whole seconds', () => {
  const waiting = { others: 3, expected: { p50: 3.6, p90: 19.2 }, since: 0 };

  assert.equal(
    words.waitingExpected(aState({ stage: 'waiting', waiting })),
    'Usually it takes between 4 and 19 seconds.',
  );
});

test('an address that can be learnt is named only while there is a call', () => {
  const route = { state: 'direct', relayAvailable: false, version: 1 };
  const ladder = { step: 'text', max: 'clear', version: 1, proposal: null };

  assert.equal(words.route(aState({ route, ladder })), '');
  assert.match(
    words.route(aState({ route, ladder: { ...ladder, step: 'voice' } })),
    /IP/,
  );
});

test('verified is never said without a comparison', () => {
  const state = { comparedByYou: false };

  assert.equal(words.secrecy(aState(state)), 'Encrypted, not yet verified');
  assert.match(words.secrecy(aState({ comparedByYou: true })), /you compared/);
});

test('what changes is read aloud, what stays is not', () => {
  const media = { microphone: 'on', camera: 'off', problem: null };
  const before = aState({ stage: 'talking', ladder: null, media });
  const muted = aState({ ...before, media: { ...media, microphone: 'muted' } });

  assert.equal(words.announcement(before, before), '');
  assert.equal(words.announcement(before, muted), 'Microphone off.');
});

test('a receipt says how long and what was kept', () => {
  const receipt = { startedAt: 0, endedAt: 185_000, kept: [] };

  assert.equal(
    words.receipt(receipt),
    'You talked for about 3 min. The server kept nothing of it.',
  );
});

test('a Crown is named; a badge of a newer server is shown as it came', () => {
  const marked = createWords((text) => `«${text}»`);

  assert.equal(marked.badge('crown'), '«Crown»');
  assert.equal(marked.badge('comet'), 'comet');
});
