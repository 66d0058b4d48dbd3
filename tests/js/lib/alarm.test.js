import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlarm } from '../../../static/js/lib/alarm.js';
import { FakeClock } from '../support/clock.js';

function alarm() {
  const clock = new FakeClock();
  const rings = { count: 0 };
  const ring = () => {
    rings.count += 1;
  };
  return { clock, rings, ring, ...createAlarm(clock) };
}

test('it rings once, when it is due', async () => {
  const { clock, rings, ring, start, check } = alarm();
  start(100, ring);
  await clock.advance(99);
  check();
  assert.equal(0, rings.count);
  await clock.advance(1);
  check();
  assert.equal(1, rings.count);
});

test('where timers are late, a look at the clock makes it ring', () => {
  const { clock, rings, ring, start, check } = alarm();
  start(100, ring);
  clock.time += 100;
  check();
  assert.deepEqual([1, 0], [rings.count, clock.timers.size]);
});

test('a second start counts instead of the first; startOnce does not', async () => {
  const { clock, rings, ring, start, startOnce } = alarm();
  start(100, ring);
  start(300, ring);
  startOnce(10, ring);
  await clock.advance(299);
  assert.equal(0, rings.count);
  await clock.advance(1);
  startOnce(10, ring);
  await clock.advance(10);
  assert.equal(2, rings.count);
});

test('stopped, it rings no more', async () => {
  const { clock, rings, ring, start, stop, check } = alarm();
  start(100, ring);
  stop();
  await clock.advance(200);
  check();
  assert.equal(0, rings.count);
});
