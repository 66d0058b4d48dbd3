import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle, until } from '../support/clock.js';
import {
  bothAt,
  meet,
  progress,
  talking,
  texts,
  twoPeople,
} from '../support/sessions.js';

test('two people meet, see the same safety code, and write to each other', async () => {
  const { clock, ana, bo } = await talking();
  assert.equal(7, ana.state().safetyCode?.length);
  assert.deepEqual(ana.state().safetyCode, bo.state().safetyCode);

  assert.ok(ana.session.actions.sendText('Hello 👋'));
  await until(() => bo.state().lines.length === 1, 'the text');
  assert.ok(bo.session.actions.sendText('Hi'));
  await until(() => ana.state().lines.length === 2, 'the answer');
  await clock.advance(500);

  assert.deepEqual(['you: Hello 👋', 'stranger: Hi'], texts(ana));
  assert.deepEqual(['stranger: Hello 👋', 'you: Hi'], texts(bo));
  assert.deepEqual(['received'], progress(ana));
  assert.deepEqual(['received'], progress(bo));
});
