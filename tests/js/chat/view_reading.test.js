import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  layoutOf,
  sceneOf,
  sceneSlotOf,
  seenLines,
  stepDown,
  stepUp,
} from '../../../static/js/chat/view/reading.js';

/**
 * @param {Partial<import('../../../static/js/chat/types.js').Line>} line
 * @returns {import('../../../static/js/chat/types.js').Line}
 */
const aLine = (line) => ({
  key: 'a',
  who: 'stranger',
  kind: 'text',
  text: 'hello',
  target: null,
  state: 'shown',
  at: 0,
  ...line,
});

/**
 * @param {import('../../../static/js/chat/types.js').Step} step
 * @param {import('../../../static/js/chat/types.js').Step} max
 */
const aLadder = (step, max = 'clear') => ({ step, max, version: 1, proposal: null });

/** @param {object} state */
const aState = (state) =>
  /** @type {import('../../../static/js/chat/types.js').State} */ (state);

test('a step up is the next one, never above the highest allowed', () => {
  assert.equal(stepUp(aLadder('text')), 'voice');
  assert.equal(stepUp(aLadder('blurred')), 'clear');
  assert.equal(stepUp(aLadder('clear')), null);
  assert.equal(stepUp(aLadder('voice', 'voice')), null);
  assert.equal(stepUp(null), null);
});

test('a step down stays in the call; hanging up is another button', () => {
  assert.equal(stepDown(aLadder('clear')), 'blurred');
  assert.equal(stepDown(aLadder('blurred')), 'voice');
  assert.equal(stepDown(aLadder('voice')), null);
  assert.equal(stepDown(null), null);
});

test('only a conversation above text has the layout of a call', () => {
  assert.equal(
    layoutOf(aState({ stage: 'talking', ladder: aLadder('voice') })),
    'call',
  );
  assert.equal(layoutOf(aState({ stage: 'talking', ladder: aLadder('text') })), 'text');
  assert.equal(layoutOf(aState({ stage: 'waiting', ladder: null })), 'text');
  assert.equal(layoutOf(aState({ stage: 'ended', ladder: aLadder('clear') })), 'ended');
});

test('the second light is there from the match to the end', () => {
  assert.equal(sceneOf(aState({ stage: 'waiting' })), 'searching');
  assert.equal(sceneOf(aState({ stage: 'securing' })), 'matched');
  assert.equal(sceneOf(aState({ stage: 'talking' })), 'matched');
  assert.equal(sceneOf(aState({ stage: 'ended' })), 'ended');
  assert.equal(sceneSlotOf(aState({ stage: 'talking' })), 'stage');
});

test('an edit changes the line it is about and says so', () => {
  const seen = seenLines([
    aLine({ key: 'a', text: 'helo' }),
    aLine({ key: 'b', kind: 'edit', target: 'a', text: 'hello' }),
  ]);

  assert.equal(seen.length, 1);
  assert.deepEqual([seen[0]?.text, seen[0]?.edited], ['hello', true]);
});

test('a reaction hangs on its line until it is taken back', () => {
  const reacted = [
    aLine({ key: 'a' }),
    aLine({ key: 'b', kind: 'reaction', target: 'a', text: '🙂' }),
  ];
  const takenBack = [
    ...reacted,
    aLine({ key: 'c', kind: 'reaction', target: 'a', text: '' }),
  ];

  assert.equal(seenLines(reacted)[0]?.reaction, '🙂');
  assert.equal(seenLines(takenBack)[0]?.reaction, '');
});

test('a change of what is not there is not seen', () => {
  const seen = seenLines([aLine({ kind: 'edit', target: 'gone' })]);

  assert.deepEqual(seen, []);
});

test('runs of one person and your own last line are marked', () => {
  const seen = seenLines([
    aLine({ key: 'a', who: 'you' }),
    aLine({ key: 'b', who: 'you' }),
    aLine({ key: 'c', who: 'stranger' }),
  ]);

  assert.deepEqual(
    seen.map((line) => line.first),
    [true, false, true],
  );
  assert.deepEqual(
    seen.map((line) => line.last),
    [false, true, false],
  );
});
