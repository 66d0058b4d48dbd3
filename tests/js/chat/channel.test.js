import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { describe, test } from 'node:test';
import { createChannel } from '../../../static/js/chat/channel.js';
import { open, seal } from '../../../static/js/chat/franking.js';
import { importSealing } from '../../../static/js/chat/key_schedule.js';
import { utf8, viewOf } from '../../../static/js/lib/bytes.js';
import { createSerial } from '../../../static/js/lib/serial.js';
import { FakeClock } from '../support/clock.js';
import { split } from '../support/server.js';
import { subtle } from '../support/vectors.js';

/** @import { ServerRecord } from '../../../static/js/chat/records.js' */
/** @import { RawRecord } from '../support/talk.js' */

const CONVERSATION = new Uint8Array(16).fill(1);
const SLOT = 3;
const KID = 7;
const MESSAGE = 0x01;
const ACK = 0x02;

/** @param {number} fill */
const direction = async (fill) => ({
  key: await importSealing(subtle, new Uint8Array(32).fill(fill)),
  iv: new Uint8Array(12).fill(fill),
});

/** A is ours, B is played by the test. */
async function channelOfA() {
  const clock = new FakeClock();
  const keys = { send: await direction(1), receive: await direction(2) };
  /** @type {RawRecord[][]} */
  const sent = [];
  /** @type {string[]} */
  const log = [];
  const page = { visible: true };
  const run = createSerial((error) => log.push(String(error)));
  const settle = () => run(() => {});
  clock.settle = settle;
  const channel = createChannel({
    platform: {
      now: clock.now,
      setTimer: clock.setTimer,
      clearTimer: clock.clearTimer,
      visible: () => page.visible,
      randomBytes: (length) => webcrypto.getRandomValues(new Uint8Array(length)),
    },
    subtle,
    conversation: CONVERSATION,
    slot: SLOT,
    kid: KID,
    role: 'A',
    partnerRole: 'B',
    secured: {
      ...keys,
      sas: new Uint8Array(6),
      partnerFingerprint: new Uint8Array(32),
    },
    pace: { window: 32, burst: 8, perSecond: 2 },
    run,
    send: (bytes) => sent.push(split(bytes)),
    onMessage: ({ content }) => log.push(content.kind === 'text' ? content.text : '?'),
    onProgress: (names, state) => log.push(`${names.join(',')} ${state}`),
    onUnanswered: () => log.push('unanswered'),
  });
  let partnerNext = 0;

  /** @param {ServerRecord} record */
  const take = async (record) => {
    await run(() => channel.take(record));
    await settle();
  };

  return {
    clock,
    page,
    sent,
    log,
    channel,

    /** @param {...string} texts */
    async write(...texts) {
      for (const text of texts) {
        channel.write({ key: text, ptype: 1, body: utf8(text) });
      }
      await settle();
    },

    take,

    /** @param {number} next */
    async acked(next) {
      await take({ type: 'acked', slot: SLOT, next });
    },

    /** @param {number} seq */
    async stamped(seq) {
      await take({ type: 'stamped', slot: SLOT, seq, stamp: stamp(0) });
    },

    /** @param {string} text @param {object} [change] of the record */
    async partnerSays(text, change = {}) {
      const seq = partnerNext;
      partnerNext += 1;
      const sealing = {
        subtle,
        conversation: CONVERSATION,
        role: /** @type {const} */ ('B'),
        keys: keys.receive,
      };
      const message = { ptype: 1, seq, peerSeen: -1, body: utf8(text) };
      const sealed = await seal(sealing, message, new Uint8Array(32).fill(seq));
      const record = {
        type: /** @type {const} */ ('deliver'),
        slot: SLOT,
        seq,
        stamp: stamp(0),
        ...sealed,
        ...change,
      };
      await take(record);
      return record;
    },

    /** @param {{expected: number, retryAfterMs: number | null}} refusal */
    async refused(refusal) {
      await run(() => channel.refused(refusal));
      await settle();
    },

    /** @param {Partial<import('../../../static/js/chat/channel.js').Passage>} [how] */
    async resumed(how = {}) {
      const passage = { slot: SLOT, accepted: 0, acked: 0, partnerHere: true, ...how };
      await run(() => channel.resumed(passage));
      await settle();
    },

    async partnerBack() {
      await run(channel.partnerBack);
      await settle();
    },

    /** @param {RawRecord} record as B reads it */
    async opened({ body }) {
      const sealing = {
        subtle,
        conversation: CONVERSATION,
        role: /** @type {const} */ ('A'),
        keys: keys.send,
      };
      return open(sealing, {
        seq: numberIn(body),
        commitment: body.slice(10, 42),
        ciphertext: body.slice(42),
      });
    },

    /** @returns {string[]} every record sent since the last call */
    wire: () => sent.splice(0).map((records) => records.map(nameOf).join(' ')),
  };
}

/** @param {number} rxOther */
const stamp = (rxOther) => ({
  kid: KID,
  tb: 1,
  rxOther,
  flags: 0,
  tag: new Uint8Array(32),
});

/** @param {Uint8Array<ArrayBuffer>} body */
const numberIn = (body) => Number(viewOf(body).getBigUint64(2));

/** @param {RawRecord} record */
const nameOf = ({ type, body }) =>
  `${type === ACK ? 'ack' : 'message'}:${numberIn(body)}`;

describe('sending', () => {
  test('a message leaves at once, in its slot, and opens at the other side', async () => {
    const { write, sent, log, opened } = await channelOfA();
    await write('hello');

    const [[record] = []] = sent;
    assert.equal(MESSAGE, record?.type);
    assert.equal(SLOT, viewOf(record?.body ?? new Uint8Array()).getUint16(0));
    const message = await opened(/** @type {RawRecord} */ (record));
    assert.deepEqual({ kind: 'text', text: 'hello' }, message.content);
    assert.equal(-1, message.peerSeen);
    assert.deepEqual(['hello sent'], log);
  });

  test('eight at once, then at the pace of the server', async () => {
    const { write, wire, clock } = await channelOfA();
    await write(...'abcdefghij');
    assert.equal(8, wire().length);
    await clock.advance(530);
    assert.deepEqual(['message:8'], wire());
    await clock.advance(530);
    assert.deepEqual(['message:9'], wire());
  });

  test('stamps and acknowledgements are told', async () => {
    const page = await channelOfA();
    await page.write('a', 'b');
    await page.stamped(0);
    await page.acked(2);
    assert.deepEqual(['a sent', 'b sent', 'a stamped', 'a,b received'], page.log);
  });
});

describe('acknowledging', () => {
  test('within half a second, once for all', async () => {
    const { partnerSays, clock, wire } = await channelOfA();
    await partnerSays('one');
    await clock.advance(300);
    await partnerSays('two');
    assert.deepEqual([], wire());
    await clock.advance(200);
    assert.deepEqual(['ack:2'], wire());
    await clock.advance(2000);
    assert.deepEqual([], wire());
  });

  test('at once after eight', async () => {
    const { partnerSays, wire, clock } = await channelOfA();
    for (const letter of 'abcdefgh') {
      await partnerSays(letter);
    }
    assert.deepEqual(['ack:8'], wire());
    await clock.advance(2000);
    assert.deepEqual([], wire());
  });

  test('before a message that has seen what it covers', async () => {
    const { partnerSays, write, wire, sent, opened } = await channelOfA();
    await partnerSays('one');
    await write('answer');
    const message = await opened(/** @type {RawRecord} */ (sent[0]?.[1]));
    assert.equal(0, message.peerSeen);
    assert.deepEqual(['ack:1 message:0'], wire());
  });

  test('again, at once, for what came before', async () => {
    const { partnerSays, take, clock, wire, log } = await channelOfA();
    const first = await partnerSays('one');
    await clock.advance(500);
    wire();
    await take(first);
    assert.deepEqual(['ack:1'], wire());
    assert.deepEqual(['one'], log);
  });

  test('never for what failed a check', async () => {
    const { partnerSays, clock, wire, log } = await channelOfA();
    await partnerSays('forged', { commitment: new Uint8Array(32) });
    await clock.advance(2000);
    assert.deepEqual([], wire());
    assert.match(log.join(), /IntegrityError: R3/);
  });
});

describe('sending again', () => {
  test('after 5, 10, 20, 30 and 30 seconds without an answer', async () => {
    const { write, wire, clock } = await channelOfA();
    await write('a', 'b');
    const first = wire();
    for (const seconds of [5, 10, 20, 30, 30]) {
      await clock.advance(seconds * 1000 - 1);
      assert.deepEqual([], wire(), `before ${seconds}`);
      await clock.advance(1);
      assert.deepEqual(first, wire(), `after ${seconds}`);
    }
  });

  test('the very same bytes', async () => {
    const { write, sent, clock } = await channelOfA();
    await write('a');
    await clock.advance(5000);
    assert.deepEqual(sent[0], sent[1]);
  });

  test('an acknowledgement starts the count anew', async () => {
    const { write, acked, wire, clock } = await channelOfA();
    await write('a', 'b');
    await clock.advance(5000);
    await acked(1);
    wire();
    await clock.advance(4999);
    assert.deepEqual([], wire());
    await clock.advance(1);
    assert.deepEqual(['message:1'], wire());
  });

  test('never when all is acknowledged', async () => {
    const { write, acked, wire, clock } = await channelOfA();
    await write('a');
    await acked(1);
    wire();
    await clock.advance(120_000);
    assert.deepEqual([], wire());
  });

  test('from what the relay expects, when it says so', async () => {
    const { write, refused, wire, clock } = await channelOfA();
    await write('a', 'b', 'c');
    wire();
    await refused({ expected: 1, retryAfterMs: 400 });
    await clock.advance(399);
    assert.deepEqual([], wire());
    await clock.advance(1);
    assert.deepEqual(['message:1', 'message:2'], wire());
  });
});

describe('across sockets', () => {
  test('nothing is sealed or sent while away; then all leaves in order', async () => {
    const { channel, write, resumed, wire, sent, opened, clock } = await channelOfA();
    await write('a');
    channel.lost();
    await write('b', 'c');
    await clock.advance(60_000);
    assert.deepEqual(['message:0'], wire());
    await resumed({ slot: 9, accepted: 1, acked: 1 });
    const [first, second] = sent.map(([record]) => /** @type {RawRecord} */ (record));
    assert.equal(9, viewOf(first?.body ?? new Uint8Array()).getUint16(0));
    assert.deepEqual(['message:1', 'message:2'], wire());
    const { content } = await opened(/** @type {RawRecord} */ (second));
    assert.deepEqual({ kind: 'text', text: 'c' }, content);
  });

  test('the same bytes, but for the slot', async () => {
    const { channel, write, resumed, sent } = await channelOfA();
    await write('a');
    channel.lost();
    await resumed({ slot: 9 });
    const [before, after] = sent.map(([record]) => record?.body.slice(2));
    assert.deepEqual(before, after);
    assert.equal(2, sent.length);
  });

  test('acknowledgements of the resume are told, and start the wait anew', async () => {
    const { channel, write, resumed, clock, wire, log } = await channelOfA();
    await write('a', 'b');
    await clock.advance(5000);
    channel.lost();
    await resumed({ accepted: 2, acked: 1 });
    wire();
    assert.equal('a received', log.filter((line) => line.endsWith('received')).join());
    await clock.advance(5000);
    assert.deepEqual(['message:1'], wire());
  });

  test('to a partner who is away only what the relay has not; all on return', async () => {
    const { channel, write, resumed, partnerBack, wire, clock } = await channelOfA();
    await write('a', 'b');
    wire();
    channel.lost();
    await resumed({ accepted: 1, partnerHere: false });
    await clock.advance(40_000);
    assert.deepEqual(['message:1'], wire());
    await partnerBack();
    assert.deepEqual(['message:0', 'message:1'], wire());
    await clock.advance(5000);
    assert.deepEqual(['message:0', 'message:1'], wire());
  });

  test('nobody is reminded while away; new words still leave', async () => {
    const { channel, write, wire, clock } = await channelOfA();
    await write('a');
    channel.partnerAway();
    await write('b');
    await clock.advance(60_000);
    assert.deepEqual(['message:0', 'message:1'], wire());
  });

  test('who resumes has acknowledged what it says it received', async () => {
    const { channel, partnerSays, resumed, wire, clock } = await channelOfA();
    await partnerSays('one');
    await partnerSays('two');
    channel.lost();
    assert.equal(2, channel.received());
    await resumed();
    await clock.advance(2000);
    assert.deepEqual([], wire());
  });

  test('what comes while nobody can be told is told with the resume', async () => {
    const { channel, partnerSays, take, wire, clock, log } = await channelOfA();
    const first = await partnerSays('one');
    channel.lost();
    await take(first);
    await partnerSays('two');
    await clock.advance(2000);
    assert.deepEqual([['one', 'two'], []], [log, wire()]);
    assert.equal(2, channel.received());
  });

  test('an old slot says nothing any more', async () => {
    const { channel, write, resumed, acked, log } = await channelOfA();
    await write('a');
    channel.lost();
    await resumed({ slot: 9 });
    log.splice(0);
    await acked(1);
    assert.deepEqual([], log);
  });

  test('a relay that forgot what it acknowledged is not believed', async () => {
    const { channel, write, acked, resumed, log } = await channelOfA();
    await write('a', 'b');
    await acked(2);
    channel.lost();
    await resumed({ accepted: 1 });
    assert.match(log.join(), /IntegrityError: resume/);
  });

  test('a message that is being sealed when the socket goes is sent later', async () => {
    const { channel, resumed, wire } = await channelOfA();
    channel.write({ key: 'a', ptype: 1, body: utf8('a') });
    await Promise.resolve();
    channel.lost();
    await resumed();
    assert.deepEqual(['message:0'], wire());
  });
});

describe('where timers are late', () => {
  test('a hidden page acknowledges at once', async () => {
    const { page, partnerSays, wire } = await channelOfA();
    page.visible = false;
    await partnerSays('one');
    assert.deepEqual(['ack:1'], wire());
  });

  test('a page that wakes makes good what is overdue, once', async () => {
    const { channel, write, partnerSays, wire, clock, log } = await channelOfA();
    await write('a');
    await partnerSays('one');
    wire();
    clock.time += 30_000;
    channel.wake();
    await clock.settle();
    assert.deepEqual(['ack:1', 'message:0'], wire().join(' ').split(' ').sort());
    assert.ok(log.includes('unanswered'));
    channel.wake();
    await clock.settle();
    assert.deepEqual([], wire());
  });
});

describe('what is not believed', () => {
  test('another slot is ignored, whatever it says', async () => {
    const { write, take, partnerSays, log, wire, clock } = await channelOfA();
    await write('a');
    wire();
    await take({ type: 'acked', slot: SLOT + 1, next: 99 });
    await take({ type: 'stamped', slot: SLOT + 1, seq: 99, stamp: stamp(0) });
    await partnerSays('elsewhere', { slot: SLOT + 1 });
    await clock.advance(1000);
    assert.deepEqual([['a sent'], []], [log, wire()]);
  });

  test('acknowledgements and stamps of what was never sent', async () => {
    const { acked, stamped, log } = await channelOfA();
    await acked(1);
    await stamped(0);
    assert.equal(2, log.filter((line) => /IntegrityError: outbox/.test(line)).length);
  });

  test('a gap', async () => {
    const { partnerSays, log } = await channelOfA();
    await partnerSays('late', { seq: 4 });
    assert.match(log.join(), /R2/);
  });
});

describe('closed', () => {
  test('nothing is taken, shown, sent or awaited any more', async () => {
    const { channel, write, partnerSays, wire, clock, log } = await channelOfA();
    await write(...'abcdefghij');
    await partnerSays('before');
    wire();
    log.splice(0);
    channel.close();
    assert.ok(!channel.write({ key: 'x', ptype: 1, body: utf8('x') }));
    await partnerSays('after');
    await clock.advance(60_000);
    assert.deepEqual([[], []], [log, wire()]);
    assert.equal(0, clock.timers.size);
  });

  test('a message that was being opened is not shown', async () => {
    const { channel, partnerSays, log } = await channelOfA();
    const arriving = partnerSays('in flight');
    await Promise.resolve();
    channel.close();
    await arriving;
    assert.deepEqual([], log);
  });
});
