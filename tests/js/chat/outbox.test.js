import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createOutbox } from '../../../static/js/chat/outbox.js';
import { CHANNEL } from '../../../static/js/chat/policy.js';

const PACE = { window: 32, burst: 8, perSecond: 2 };
const SECOND = 1000;
const STAMP = { kid: 7, tb: 1, rxOther: 0, flags: 0, tag: new Uint8Array(32) };

/** @param {number} [count] items written */
function outbox(count = 0, pace = PACE) {
  const box = createOutbox(pace, 0);
  write(box, count);
  return box;
}

/** @typedef {ReturnType<typeof outbox>} Outbox */

/** @param {Outbox} box @param {number} count */
function write(box, count) {
  for (let at = 0; at < count; at += 1) {
    box.write({ key: `k${at}`, ptype: 1, body: new Uint8Array(1) });
  }
}

/** @param {Outbox} box @param {number} now @returns {number[]} what went on the wire */
function drain(box, now) {
  const sent = [];
  for (let move = box.nextMove(now); ; move = box.nextMove(now)) {
    if (move.kind === 'seal') {
      box.seal({
        commitment: Uint8Array.of(move.seq),
        ciphertext: Uint8Array.of(now % 251),
      });
    } else if (move.kind === 'transmit') {
      box.transmitted(move.entry, now);
      sent.push(move.entry.seq);
    } else {
      return sent;
    }
  }
}

/** @param {Outbox} box @param {number} now @returns {number} milliseconds, or −1 if idle */
function pause(box, now) {
  const move = box.nextMove(now);
  return move.kind === 'wait' ? move.ms : -1;
}

describe('pace', () => {
  test('eight at once, then two a second', () => {
    const box = outbox(12);
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7], drain(box, 0));
    const ms = pause(box, 0);
    assert.ok(ms >= SECOND / 2 && ms <= SECOND / 2 + CHANNEL.paceMarginMs);
    assert.deepEqual([], drain(box, SECOND / 2 - 1));
    assert.deepEqual([8], drain(box, SECOND / 2));
    assert.deepEqual([9, 10], drain(box, 1.5 * SECOND));
  });

  test('the burst refills, and no further', () => {
    const box = outbox(40);
    drain(box, 0);
    assert.equal(8, drain(box, 60 * SECOND).length);
  });

  test('nothing written, nothing to do', () => {
    assert.deepEqual({ kind: 'idle' }, outbox().nextMove(0));
  });

  test('a clock that goes back gives no tokens and takes none', () => {
    const box = outbox(9);
    assert.equal(8, drain(box, 10 * SECOND).length);
    assert.deepEqual([], drain(box, 0));
  });

  test('what cannot be kept is not taken', () => {
    const box = outbox(CHANNEL.unsentLines);
    assert.ok(!box.write({ key: 'x', ptype: 1, body: new Uint8Array() }));
    drain(box, 0);
    assert.ok(box.write({ key: 'x', ptype: 1, body: new Uint8Array() }));
  });
});

describe('window', () => {
  const WIDE = { window: 3, burst: 100, perSecond: 100 };

  test('no more than the window stay unacknowledged', () => {
    const box = outbox(5, WIDE);
    assert.deepEqual([0, 1, 2], drain(box, 0));
    assert.deepEqual({ kind: 'idle' }, box.nextMove(0));
    assert.equal(3, box.unacknowledged);
    box.acknowledged(2);
    assert.deepEqual([3, 4], drain(box, 0));
    assert.equal(5, box.sent);
  });
});

describe('progress', () => {
  test('stamps and acknowledgements name the lines they are about', () => {
    const box = outbox(3);
    drain(box, 0);
    assert.equal('k1', box.stamped(1, STAMP));
    assert.equal(null, box.stamped(1, STAMP));
    assert.deepEqual(['k0', 'k1'], box.acknowledged(2));
    assert.deepEqual([], box.acknowledged(2));
    assert.deepEqual([], box.acknowledged(1));
    assert.equal(null, box.stamped(0, STAMP));
    assert.equal(1, box.unacknowledged);
  });

  test('what was never sent can be neither stamped nor acknowledged', () => {
    const box = outbox(2, { ...PACE, burst: 1 });
    drain(box, 0);
    assert.throws(() => box.stamped(1, STAMP), { rule: 'outbox' });
    assert.throws(() => box.acknowledged(2), { rule: 'outbox' });
  });
});

describe('sealing is final', () => {
  test('a message is numbered and sealed only when it may leave', () => {
    const box = outbox(9);
    drain(box, 0);
    assert.equal(8, box.sent);
    assert.equal('wait', box.nextMove(0).kind);
    const move = box.nextMove(SECOND);
    assert.ok(move.kind === 'seal' && move.seq === 8);
  });

  test('what is sent again has the bytes it had', () => {
    const box = outbox(2);
    drain(box, 0);
    box.resend();
    const move = box.nextMove(9 * SECOND);
    assert.ok(move.kind === 'transmit');
    assert.deepEqual([0, Uint8Array.of(0)], [move.entry.seq, move.entry.ciphertext]);
  });

  test('there is nothing to seal when nothing is written', () => {
    const bytes = new Uint8Array();
    assert.throws(() => outbox().seal({ commitment: bytes, ciphertext: bytes }));
  });
});

describe('going back', () => {
  test('to what the relay expects, after the time it names', () => {
    const box = outbox(5);
    drain(box, 0);
    box.refused({ expected: 2, retryAfterMs: 700, now: 0 });
    assert.equal(700, pause(box, 0));
    assert.deepEqual([2, 3, 4], drain(box, 2 * SECOND));
  });

  test('after a second if the relay names no time', () => {
    const box = outbox(1);
    drain(box, 0);
    box.refused({ expected: 0, retryAfterMs: null, now: 0 });
    assert.equal(CHANNEL.refusalDelayMs, pause(box, 0));
  });

  test('new messages wait behind the old ones', () => {
    const box = outbox(2);
    drain(box, 0);
    box.refused({ expected: 1, retryAfterMs: 0, now: 0 });
    write(box, 1);
    assert.deepEqual([1, 2], drain(box, SECOND));
  });

  test('stamped messages go again without waiting for window or pace', () => {
    const box = outbox(8);
    drain(box, 0);
    for (let seq = 0; seq < 8; seq += 1) {
      box.stamped(seq, STAMP);
    }
    box.resend();
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7], drain(box, 0));
  });

  test('an acknowledgement during a resend skips what it covers', () => {
    const box = outbox(3);
    drain(box, 0);
    box.resend();
    box.acknowledged(2);
    assert.deepEqual([2], drain(box, 4 * SECOND));
  });

  test('a relay that forgot, or expects what was never sent, is not believed', () => {
    const box = outbox(3);
    drain(box, 0);
    box.acknowledged(2);
    const refusal = { retryAfterMs: 0, now: 0 };
    assert.throws(() => box.refused({ ...refusal, expected: 1 }), { rule: 'outbox' });
    assert.throws(() => box.refused({ ...refusal, expected: 4 }), { rule: 'outbox' });
  });
});

describe('on a new socket', () => {
  /** @param {Partial<{accepted: number, acked: number, partnerHere: boolean}>} how */
  const relay = (how) => ({ accepted: 0, acked: 0, partnerHere: true, ...how });

  test('what was acknowledged is dropped; the rest leaves again, in order', () => {
    const box = outbox(5);
    drain(box, 0);
    assert.deepEqual(['k0', 'k1'], box.resumed(relay({ accepted: 4, acked: 2 })));
    assert.deepEqual([2, 3, 4], drain(box, 4 * SECOND));
    assert.equal(3, box.unacknowledged);
  });

  test('exactly what was sealed before', () => {
    const box = outbox(1);
    const first = box.nextMove(0);
    drain(box, 0);
    box.resumed(relay({}));
    const move = box.nextMove(9 * SECOND);
    assert.equal('seal', first.kind);
    assert.ok(move.kind === 'transmit');
    assert.deepEqual(Uint8Array.of(0), move.entry.commitment);
  });

  test('with the partner away only what the relay has not', () => {
    const box = outbox(4);
    drain(box, 0);
    box.resumed(relay({ accepted: 2, partnerHere: false }));
    assert.deepEqual([2, 3], drain(box, 4 * SECOND));
    box.resend();
    assert.deepEqual([0, 1, 2, 3], drain(box, 8 * SECOND));
  });

  test('what the relay has is free of the pace, what it lost is not', () => {
    const box = outbox(8);
    drain(box, 0);
    box.stamped(7, STAMP);
    box.resumed(relay({ accepted: 6 }));
    assert.deepEqual([0, 1, 2, 3, 4, 5], drain(box, 0));
    assert.ok(pause(box, 0) > 0);
    assert.deepEqual([6], drain(box, SECOND / 2));
  });

  test('of two stamps the later is kept, and told once', () => {
    const box = outbox(1);
    drain(box, 0);
    assert.equal('k0', box.stamped(0, STAMP));
    assert.equal(null, box.stamped(0, { ...STAMP, tb: 9 }));
    box.resend();
    const move = box.nextMove(0);
    assert.ok(move.kind === 'transmit');
    assert.equal(9, move.entry.stamp?.tb);
  });

  test('a refusal from before does not hold it up', () => {
    const box = outbox(1);
    drain(box, 0);
    box.refused({ expected: 0, retryAfterMs: 60_000, now: 0 });
    box.resumed(relay({}));
    assert.deepEqual([0], drain(box, SECOND));
  });

  test('numbers that cannot be are a failed check', () => {
    const lies = [{ accepted: 1 }, { accepted: 4 }, { accepted: 2, acked: 3 }];
    for (const lie of lies) {
      const box = outbox(3);
      drain(box, 0);
      box.acknowledged(2);
      assert.throws(() => box.resumed(relay(lie)), { rule: 'resume' });
    }
  });
});
