import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readBody } from '../../../static/js/chat/bodies.js';
import { checkedSdp } from '../../../static/js/chat/fingerprints.js';
import {
  commitTo,
  encodePayload,
  nonceOf,
  open,
  pad,
  seal,
} from '../../../static/js/chat/franking.js';
import { createHandshake } from '../../../static/js/chat/handshake.js';
import { createInbox } from '../../../static/js/chat/inbox.js';
import { IntegrityError } from '../../../static/js/chat/integrity.js';
import {
  commitmentOf,
  deriveKeys,
  otherRole,
  sign,
  transcriptOf,
} from '../../../static/js/chat/key_schedule.js';
import { MESSAGE } from '../../../static/js/chat/policy.js';
import {
  decodeRecords,
  encodeAck,
  encodeMessage,
} from '../../../static/js/chat/records.js';
import { safetyIndices } from '../../../static/js/chat/safety_code.js';
import { SAFETY_EMOJI } from '../../../static/js/chat/safety_emoji.js';
import { sharedSecret } from '../../../static/js/chat/suites.js';
import { WireError } from '../../../static/js/chat/wire.js';
import {
  concat,
  fromHex,
  lengthPrefixed,
  toBase64url,
  toHex,
} from '../../../static/js/lib/bytes.js';
import {
  importPrivateKey,
  peerSeenOf,
  publishedEmoji,
  sealingOf,
  sideValues,
  subtle,
  vectors,
} from '../support/vectors.js';

/** @import { Role } from '../../../static/js/chat/key_schedule.js' */
/** @import { Suite } from '../../../static/js/chat/suites.js' */

const ROLES = /** @type {const} */ (['A', 'B']);

/** @param {any} handshake @param {Role} role @param {number} [suite] as named by the server */
async function handshakeOf(handshake, role, suite = handshake.suite) {
  const side = handshake.sides[role];
  const values = sideValues(side);
  const privateKey = await importPrivateKey(handshake.suite, side.private_key_pkcs8);
  return createHandshake({
    subtle,
    conversation: fromHex(handshake.conversation),
    role,
    suite,
    suites: /** @type {Suite[]} */ ([...values.suites]),
    keys: { privateKey, publicKey: values.publicKey },
    fingerprint: values.fingerprint,
    random: values.random,
  });
}

/** @param {Record<string, string>} side @param {number} suite as its frame carries it */
function revealFields(side, suite) {
  const encode = (/** @type {string | undefined} */ hex) =>
    toBase64url(fromHex(hex ?? ''));
  return {
    suites: encode(side.suites),
    suite,
    public_key: encode(side.public_key),
    fingerprint: encode(side.fingerprint),
    random: encode(side.random),
  };
}

/** @param {string} hex */
const wire = (hex) => toBase64url(fromHex(hex));

describe('handshake', () => {
  for (const each of vectors.handshakes) {
    test(`${each.name}: every value`, async () => {
      const conversation = fromHex(each.conversation);
      const committed = { A: sideValues(each.sides.A), B: sideValues(each.sides.B) };
      const commitments = {
        A: await commitmentOf(subtle, conversation, 'A', committed.A),
        B: await commitmentOf(subtle, conversation, 'B', committed.B),
      };
      assert.equal(each.sides.A.commitment, toHex(commitments.A));
      assert.equal(each.sides.B.commitment, toHex(commitments.B));

      const transcript = await transcriptOf(subtle, conversation, each.suite, {
        A: { ...committed.A, commitment: commitments.A },
        B: { ...committed.B, commitment: commitments.B },
      });
      assert.equal(each.transcript_hash, toHex(transcript));

      const secret = fromHex(each.shared_secret);
      const derived = await deriveKeys(subtle, secret, transcript);
      assert.equal(each.keys.a_to_b.iv, toHex(derived.sending.A.iv));
      assert.equal(each.keys.b_to_a.iv, toHex(derived.sending.B.iv));
      assert.equal(each.sas, toHex(derived.sas));
      for (const role of ROLES) {
        const mac = await sign(subtle, derived.confirming[role], transcript);
        assert.equal(each.confirm[role].mac, toHex(mac));
      }
    });

    for (const role of ROLES) {
      test(`${each.name}: the shared secret as ${role} finds it`, async () => {
        const key = await importPrivateKey(
          each.suite,
          each.sides[role].private_key_pkcs8,
        );
        const theirs = fromHex(each.sides[otherRole(role)].public_key);

        const secret = await sharedSecret(subtle, each.suite, key, theirs);

        assert.equal(each.shared_secret, toHex(secret));
      });

      test(`${each.name}: ${role}, frame by frame`, async () => {
        const partner = otherRole(role);
        const handshake = await handshakeOf(each, role);
        const commitment = await handshake.begin();
        const reveal = await handshake.onCommit(wire(each.sides[partner].commitment));
        const mac = await handshake.onReveal(
          revealFields(each.sides[partner], each.suite),
        );
        const secured = await handshake.onConfirm(wire(each.confirm[partner].mac));

        assert.equal(wire(each.sides[role].commitment), commitment);
        assert.deepEqual(revealFields(each.sides[role], each.suite), reveal);
        assert.equal(wire(each.confirm[role].mac), mac);
        assert.deepEqual(each.safety_code, safetyIndices(secured.sas));
        assert.equal(
          each.sides[partner].fingerprint,
          toHex(secured.partnerFingerprint),
        );
      });
    }
  }
});

describe('handshake refusals', () => {
  const STEPS = ['begin', 'commit', 'reveal', 'confirm'];
  /** The reveal is where keys are derived. @type {Record<string, string>} */
  const LATEST = {
    commit: 'commit',
    reveal: 'reveal',
    derive: 'reveal',
    confirm: 'confirm',
  };

  for (const each of vectors.handshake_refusals) {
    test(each.name, async () => {
      const handshake = await handshakeOf(
        vectors.handshakes[each.handshake_of_a],
        'A',
        each.suite_named,
      );
      const steps = [
        () => handshake.begin(),
        () => handshake.onCommit(wire(each.partner.commitment)),
        () => handshake.onReveal(revealFields(each.partner, each.suite_named)),
        () => handshake.onConfirm(wire(each.partner.confirm)),
      ];

      const refusedAt = await firstRefusal(steps);

      assert.ok(refusedAt >= 0, 'never refused');
      assert.ok(refusedAt <= STEPS.indexOf(LATEST[each.refused_at] ?? ''), 'too late');
    });
  }

  /** @param {(() => Promise<unknown>)[]} steps @returns {Promise<number>} −1: none */
  async function firstRefusal(steps) {
    for (const [index, step] of steps.entries()) {
      try {
        await step();
      } catch (error) {
        assert.ok(error instanceof IntegrityError);
        return index;
      }
    }
    return -1;
  }
});

describe('messages', () => {
  for (const each of vectors.messages) {
    test(each.name, async () => {
      const sealing = await sealingOf(each);
      const seq = Number(each.seq);
      const message = {
        ptype: each.ptype,
        seq,
        peerSeen: peerSeenOf(each.peer_seen),
        body: fromHex(each.body),
      };
      const openingKey = fromHex(each.opening_key);
      const payload = encodePayload(message);
      assert.equal(each.payload, toHex(payload));
      assert.equal(
        each.commitment,
        toHex(await commitTo(sealing, openingKey, payload)),
      );
      assert.equal(each.nonce, toHex(nonceOf(sealing.keys.iv, seq)));
      assert.equal(each.plaintext, toHex(pad(openingKey, payload)));

      const sealed = await seal(sealing, message, openingKey);
      assert.equal(each.commitment, toHex(sealed.commitment));
      assert.equal(each.ciphertext, toHex(sealed.ciphertext));

      const opened = await open(sealing, { seq, ...sealed });
      assert.deepEqual({ ...message, content: readBody(message) }, opened);
    });
  }
});

test('padding buckets', () => {
  assert.deepEqual(vectors.padding_buckets, [...MESSAGE.buckets]);
  assert.equal(vectors.body_bytes_max, MESSAGE.bodyBytes);
  for (const each of vectors.padding) {
    const body = new Uint8Array(each.body_bytes);
    const payload = encodePayload({ ptype: 1, seq: 0, peerSeen: -1, body });
    const plaintext = pad(new Uint8Array(32), payload);
    assert.equal(each.plaintext_bytes, plaintext.length);
  }
});

test('length prefixes', () => {
  for (const each of vectors.length_prefixed) {
    assert.equal(each.lp, toHex(lengthPrefixed(fromHex(each.part))));
  }
});

describe('records', () => {
  /** @type {Record<string, (record: any) => Uint8Array<ArrayBuffer>>} */
  const ENCODERS = {
    MESSAGE: ({ slot, seq, commitment, ciphertext }) =>
      encodeMessage({
        slot,
        seq: Number(seq),
        commitment: fromHex(commitment),
        ciphertext: fromHex(ciphertext),
      }),
    ACK: ({ slot, next }) => encodeAck({ slot, next: Number(next) }),
  };

  for (const each of vectors.records.accepted) {
    test(`${each.name}, from the ${each.from}`, () => {
      if (each.from === 'client') {
        const encoded = each.records.map((/** @type {any} */ one) =>
          ENCODERS[one.type]?.(one),
        );
        assert.equal(each.frame, toHex(concat(...encoded)));
        return;
      }
      const decoded = decodeRecords(fromHex(each.frame));
      assert.deepEqual(each.records.map(summary), decoded.map(plain));
    });
  }

  const FROM_SERVERS_ONLY = 'a type only servers send';
  const refused = vectors.records.refused.filter(
    (/** @type {{name: string}} */ { name }) => name !== FROM_SERVERS_ONLY,
  );
  for (const each of refused) {
    test(`refused: ${each.name}`, () => {
      if (each.refused === 'frame') {
        assert.throws(() => decodeRecords(fromHex(each.frame)), WireError);
      } else {
        assert.deepEqual([], decodeRecords(fromHex(each.frame)));
      }
    });
  }

  /** @param {any} record of the vectors */
  function summary({ type, slot, seq, next, commitment, stamp, ciphertext }) {
    const optional = { commitment, stamp: stamp?.slice(30), ciphertext };
    const known = Object.entries(optional).filter(([, value]) => value !== undefined);
    return {
      type: type.toLowerCase(),
      slot,
      at: Number(seq ?? next),
      ...Object.fromEntries(known),
    };
  }

  /** @param {import('../../../static/js/chat/records.js').ServerRecord} record */
  function plain(record) {
    const { type, slot } = record;
    switch (record.type) {
      case 'acked':
        return { type, slot, at: record.next };
      case 'stamped':
        return { type, slot, at: record.seq, stamp: toHex(record.stamp.tag) };
      case 'deliver':
        return {
          type,
          slot,
          at: record.seq,
          commitment: toHex(record.commitment),
          stamp: toHex(record.stamp.tag),
          ciphertext: toHex(record.ciphertext),
        };
    }
  }
});

test('stamps are read field by field', () => {
  for (const each of vectors.stamps) {
    const body = concat(new Uint8Array(10), fromHex(each.stamp));
    const frame = concat(Uint8Array.of(0x12, 0, body.length), body);

    const [record] = decodeRecords(frame);

    assert.ok(record?.type === 'stamped');
    assert.deepEqual(
      [each.kid, each.tb, Number(each.rx_other), each.flags, each.tag],
      [
        record.stamp.kid,
        record.stamp.tb,
        record.stamp.rxOther,
        record.stamp.flags,
        toHex(record.stamp.tag),
      ],
    );
  }
});

test('safety codes', () => {
  for (const each of vectors.safety_codes) {
    assert.deepEqual(each.indices, safetyIndices(fromHex(each.sas)));
  }
  assert.deepEqual(vectors.safety_emoji, [...SAFETY_EMOJI]);
  assert.deepEqual(publishedEmoji, [...SAFETY_EMOJI]);
});

describe('fingerprints in session descriptions', () => {
  for (const each of vectors.fingerprints) {
    test(each.name, () => {
      const check = () => checkedSdp(each.sdp, fromHex(each.committed));
      if (each.kept === null) {
        assert.throws(check, IntegrityError);
      } else {
        assert.equal(each.kept, check());
      }
    });
  }
});

describe('receiver', () => {
  const { state, cases } = vectors.receiver;
  const { tb, rx_other, peer_seen } = state.previous;

  async function inboxInState() {
    const sealing = await sealingOf({ ...state, role: state.sender_role });
    return createInbox(sealing, state.kid, {
      expected: Number(state.expected_seq),
      previous: { tb, rxOther: Number(rx_other), peerSeen: peerSeenOf(peer_seen) },
    });
  }

  /** @param {string} frame hex */
  async function received(frame) {
    const inbox = await inboxInState();
    const [record] = decodeRecords(fromHex(frame));
    assert.ok(record?.type === 'deliver');
    const message = await inbox.receive(record, Number(state.messages_sent));
    return { inbox, message, slot: record.slot };
  }

  for (const each of cases) {
    test(`${each.rule ?? 'passes'}: ${each.name}`, async () => {
      if (each.action === 'leave') {
        await assert.rejects(received(each.deliver), { rule: each.rule });
        return;
      }
      const { inbox, message, slot } = await received(each.deliver);
      switch (each.action) {
        case 'show':
          assert.equal(each.shown.body, toHex(message?.body ?? new Uint8Array()));
          assert.equal(each.shown.ptype, message?.ptype);
          assert.equal(Number(state.expected_seq) + 1, inbox.next);
          break;
        case 'show_unsupported':
          assert.equal('unsupported', message?.content.kind);
          assert.equal(1, inbox.owed);
          break;
        case 'acknowledge_again':
          assert.equal(null, message);
          assert.equal(Number(state.expected_seq), inbox.next);
          break;
        case 'ignore':
          assert.notEqual(state.slot, slot);
          break;
        default:
          assert.fail(`unknown action ${each.action}`);
      }
    });
  }
});
