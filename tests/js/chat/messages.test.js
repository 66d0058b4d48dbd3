import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PTYPE, readBody } from '../../../static/js/chat/bodies.js';
import { open, pad, seal } from '../../../static/js/chat/franking.js';
import { createInbox } from '../../../static/js/chat/inbox.js';
import { importSealing } from '../../../static/js/chat/key_schedule.js';
import { createReader, ownLine } from '../../../static/js/chat/lines.js';
import { concat, u8, u64, utf8 } from '../../../static/js/lib/bytes.js';
import { subtle } from '../support/vectors.js';

/** @import { Sealing } from '../../../static/js/chat/franking.js' */

const CONVERSATION = new Uint8Array(16).fill(3);
const STAMP = { kid: 7, tb: 1000, rxOther: 0, flags: 0, tag: new Uint8Array(32) };

/** @returns {Promise<Sealing>} of messages by B */
async function sealing() {
  const key = await importSealing(subtle, new Uint8Array(32).fill(8));
  const keys = { key, iv: new Uint8Array(12).fill(4) };
  return { subtle, conversation: CONVERSATION, role: 'B', keys };
}

/** @param {Partial<import('../../../static/js/chat/franking.js').Message>} message */
async function sealed(message) {
  const whole = { ptype: 1, seq: 0, peerSeen: -1, body: utf8('hi'), ...message };
  return seal(await sealing(), whole, new Uint8Array(32).fill(whole.seq + 1));
}

/** @param {number} seq @param {Partial<typeof STAMP>} [stamp] @param {object} [message] */
async function deliver(seq, stamp = {}, message = {}) {
  return /** @type {const} */ ({
    type: 'deliver',
    slot: 1,
    seq,
    stamp: { ...STAMP, ...stamp },
    ...(await sealed({ seq, ...message })),
  });
}

describe('bodies', () => {
  /** @param {number} ptype @param {...Uint8Array} parts */
  const read = (ptype, ...parts) => readBody({ ptype, body: concat(...parts) });

  test('texts and notes', () => {
    assert.deepEqual({ kind: 'text', text: 'é' }, read(PTYPE.text, utf8('é')));
    assert.deepEqual({ kind: 'note', text: '' }, read(PTYPE.note));
  });

  test('reactions name a message of either side', () => {
    const heart = utf8('❤️');
    assert.deepEqual(
      { kind: 'reaction', text: '❤️', role: 'A', seq: 5 },
      read(PTYPE.reaction, u8(1), u64(5), heart),
    );
    assert.deepEqual(
      { kind: 'reaction', text: '', role: 'B', seq: 5 },
      read(PTYPE.reaction, u8(2), u64(5)),
    );
  });

  test('edits', () => {
    assert.deepEqual(
      { kind: 'edit', text: 'better', seq: 2 },
      read(PTYPE.edit, u64(2), utf8('better')),
    );
  });

  test('what nobody knows is unsupported, whatever its bytes', () => {
    assert.deepEqual({ kind: 'unsupported' }, read(0x10, u8(0xff)));
    assert.deepEqual({ kind: 'unsupported' }, read(0xff));
  });

  /** @type {[string, number, Uint8Array[]][]} */
  const MALFORMED = [
    ['a reaction without a number', PTYPE.reaction, [u8(1)]],
    ['a reaction to nobody', PTYPE.reaction, [u8(3), u64(0)]],
    ['a reaction of 33 bytes', PTYPE.reaction, [u8(1), u64(0), new Uint8Array(33)]],
    ['a reaction that is not UTF-8', PTYPE.reaction, [u8(1), u64(0), u8(0xff)]],
    ['an edit without a number', PTYPE.edit, [u8(1)]],
    ['an edit that is not UTF-8', PTYPE.edit, [u64(0), u8(0xc3)]],
    ['a text of 4001 bytes', PTYPE.text, [new Uint8Array(4001).fill(65)]],
    ['an unknown body of 4001 bytes', 0x10, [new Uint8Array(4001)]],
  ];
  for (const [name, ptype, parts] of MALFORMED) {
    test(`${name} fails R8`, () => {
      assert.throws(() => read(ptype, ...parts), { rule: 'R8' });
    });
  }
});

describe('opening', () => {
  test('any flipped bit of ciphertext or commitment fails', async () => {
    const keys = await sealing();
    const message = await sealed({});
    for (const field of /** @type {const} */ (['ciphertext', 'commitment'])) {
      for (let at = 0; at < message[field].length; at += 7) {
        const bytes = message[field].slice();
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
        await assert.rejects(open(keys, { seq: 0, ...message, [field]: bytes }), {
          rule: 'R3',
        });
      }
    }
  });

  test('a message of one number does not open as another', async () => {
    await assert.rejects(open(await sealing(), { seq: 1, ...(await sealed({})) }), {
      rule: 'R3',
    });
  });

  test('the same text never looks the same twice', async () => {
    const [one, other] = [await sealed({ seq: 0 }), await sealed({ seq: 1 })];
    assert.notDeepEqual(one.ciphertext, other.ciphertext);
    assert.notDeepEqual(one.commitment, other.commitment);
  });

  test('what is longer than the largest bucket cannot be sealed', () => {
    assert.throws(() => pad(new Uint8Array(32), new Uint8Array(4573)), RangeError);
  });
});

describe('inbox', () => {
  test('messages count once they are verified', async () => {
    const inbox = createInbox(await sealing(), 7);
    assert.equal('hi', contentText(await inbox.receive(await deliver(0), 0)));
    await assert.rejects(inbox.receive(await deliver(1, { kid: 8 }), 0), {
      rule: 'R10',
    });

    assert.equal(1, inbox.next);
    assert.equal(1, inbox.owed);
    assert.equal(1, inbox.acknowledge());
    assert.equal(0, inbox.owed);
  });

  test('an acknowledgement presses after eight', async () => {
    const inbox = createInbox(await sealing(), 7);
    for (let seq = 0; seq < 8; seq += 1) {
      assert.ok(!inbox.pressing);
      await inbox.receive(await deliver(seq), 0);
    }
    assert.ok(inbox.pressing);
    inbox.acknowledge();
    assert.ok(!inbox.pressing);
  });

  test('one that came before is known by its number alone', async () => {
    const inbox = createInbox(await sealing(), 7);
    const first = await deliver(0);
    await inbox.receive(first, 0);
    assert.equal(null, await inbox.receive(first, 0));
    assert.equal(1, inbox.next);
  });

  test('a gap fails R2', async () => {
    const inbox = createInbox(await sealing(), 7);
    await assert.rejects(inbox.receive(await deliver(1), 0), { rule: 'R2' });
  });

  /** @type {[string, string, object, object, number][]} */
  const SECOND_MESSAGES = [
    ['rx_other falls', 'R10', { rxOther: 1 }, { peerSeen: 0 }, 5],
    ['time falls by seven', 'R10', { tb: 993, rxOther: 2 }, { peerSeen: 0 }, 5],
    ['flag 0', 'R10', { flags: 1, rxOther: 2 }, { peerSeen: 0 }, 5],
    ['flag 3', 'R10', { flags: 8, rxOther: 2 }, { peerSeen: 0 }, 5],
    ['seen = rx_other', 'R11', { rxOther: 2 }, { peerSeen: 2 }, 5],
    ['seen what was never sent', 'R11', { rxOther: 5 }, { peerSeen: 3 }, 3],
    ['seen less', 'R11', { rxOther: 2 }, { peerSeen: 0 }, 5],
    ['seen nothing after something', 'R11', { rxOther: 2 }, { peerSeen: -1 }, 5],
  ];
  for (const [name, rule, stamp, message, sent] of SECOND_MESSAGES) {
    test(`${rule}: ${name}`, async () => {
      const inbox = createInbox(await sealing(), 7);
      await inbox.receive(await deliver(0, { rxOther: 2 }, { peerSeen: 1 }), 5);

      const second = await deliver(1, stamp, message);
      await assert.rejects(inbox.receive(second, sent), { rule });
    });
  }

  test('both media flags and a time six below may pass', async () => {
    const inbox = createInbox(await sealing(), 7);
    await inbox.receive(await deliver(0), 0);
    await inbox.receive(await deliver(1, { flags: 6, tb: 994 }), 0);
    assert.equal(2, inbox.next);
  });

  test('numbers beyond any conversation are refused, not rounded into one', async () => {
    const inbox = createInbox(await sealing(), 7);
    const seen = { peerSeen: 2 ** 60 };
    await assert.rejects(
      inbox.receive(await deliver(0, { rxOther: 2 ** 61 }, seen), 5),
      {
        rule: 'R11',
      },
    );
    await assert.rejects(inbox.receive({ ...(await deliver(0)), seq: 2 ** 64 }, 5), {
      rule: 'R2',
    });
  });

  /** @param {import('../../../static/js/chat/franking.js').OpenedMessage | null} message */
  function contentText(message) {
    return message?.content.kind === 'text' ? message.content.text : null;
  }
});

describe('lines', () => {
  /** @param {number} seq @param {import('../../../static/js/chat/bodies.js').Body} content */
  const opened = (seq, content) => ({
    ptype: 1,
    seq,
    peerSeen: -1,
    body: new Uint8Array(),
    content,
  });

  test('lines are keyed by writer and number', () => {
    const read = createReader('A');
    assert.equal('you-4', ownLine(4, 'x', 0).key);
    assert.deepEqual(
      {
        key: 'stranger-0',
        who: 'stranger',
        kind: 'text',
        text: 'x',
        target: null,
        state: 'shown',
        at: 9,
      },
      read(opened(0, { kind: 'text', text: 'x' }), 9),
    );
  });

  test('a reaction finds its line by role', () => {
    const read = createReader('A');
    const to = (/** @type {'A' | 'B'} */ role) =>
      read(opened(0, { kind: 'reaction', text: '❤️', role, seq: 3 }), 0).target;
    assert.deepEqual(['you-3', 'stranger-3'], [to('A'), to('B')]);
  });

  test("only a text of the stranger's own can be edited by them", () => {
    const read = createReader('A');
    read(opened(0, { kind: 'text', text: 'x' }), 0);
    read(opened(1, { kind: 'note', text: 'x' }), 0);
    const edit = (/** @type {number} */ seq) =>
      read(opened(2, { kind: 'edit', text: 'y', seq }), 0);

    assert.deepEqual(['edit', 'stranger-0'], [edit(0).kind, edit(0).target]);
    assert.equal('unsupported', edit(1).kind);
    assert.equal('unsupported', edit(7).kind);
  });

  test('notes and what is not supported', () => {
    const read = createReader('B');
    assert.equal('note', read(opened(0, { kind: 'note', text: 'n' }), 0).kind);
    const unknown = read(opened(1, { kind: 'unsupported' }), 0);
    assert.deepEqual(['unsupported', ''], [unknown.kind, unknown.text]);
  });
});
