import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createHandshake } from '../../../static/js/chat/handshake.js';
import {
  createEndingCount,
  IntegrityError,
  noteEnding,
  orIntegrity,
} from '../../../static/js/chat/integrity.js';
import {
  generateKeys,
  preferredSuite,
  supportedSuites,
} from '../../../static/js/chat/suites.js';
import { fromBase64url, toBase64url } from '../../../static/js/lib/bytes.js';
import { subtle } from '../support/vectors.js';

/** @import { HandshakeOptions } from '../../../static/js/chat/handshake.js' */
/** @import { Suite } from '../../../static/js/chat/suites.js' */

const CONVERSATION = new Uint8Array(16).fill(9);
const HOUR = 3_600_000;

/** @param {Partial<HandshakeOptions> & {role: 'A' | 'B'}} given */
async function side(given) {
  const suite = /** @type {Suite} */ (given.suite ?? 1);
  const fill = given.role === 'A' ? 1 : 2;
  return createHandshake({
    subtle,
    conversation: CONVERSATION,
    suite,
    suites: [1, 2],
    keys: given.keys ?? (await generateKeys(subtle, suite)),
    fingerprint: new Uint8Array(32).fill(fill),
    random: new Uint8Array(32).fill(fill + 10),
    ...given,
  });
}

/** @param {Partial<HandshakeOptions>} [a] @param {Partial<HandshakeOptions>} [b] */
async function pair(a = {}, b = {}) {
  const [ana, bo] = [await side({ role: 'A', ...a }), await side({ role: 'B', ...b })];
  return { ana, bo, commits: { a: await ana.begin(), b: await bo.begin() } };
}

/** @param {Awaited<ReturnType<typeof pair>>} both up to the reveals */
async function revealed({ ana, bo, commits }) {
  const [a, b] = [await ana.onCommit(commits.b), await bo.onCommit(commits.a)];
  return { ana, bo, reveals: { a, b } };
}

/** @param {Promise<unknown>} step @param {RegExp} why */
const refuses = (step, why) =>
  assert.rejects(
    step,
    (error) => error instanceof IntegrityError && why.test(error.message),
  );

for (const suite of /** @type {const} */ ([1, 2])) {
  test(`two honest sides agree with suite ${suite}`, async () => {
    const suites = suite === 1 ? [1, 2] : [2];
    const options = { suite, suites: /** @type {Suite[]} */ (suites) };
    const { ana, bo, reveals } = await revealed(await pair(options, options));
    const [macA, macB] = [await ana.onReveal(reveals.b), await bo.onReveal(reveals.a)];
    const [a, b] = [await ana.onConfirm(macB), await bo.onConfirm(macA)];

    assert.deepEqual(a.sas, b.sas);
    assert.deepEqual(a.send.iv, b.receive.iv);
    assert.notDeepEqual(a.send.iv, a.receive.iv);
    assert.deepEqual(new Uint8Array(32).fill(2), a.partnerFingerprint);
    const iv = new Uint8Array(12);
    const sealed = await subtle.encrypt(
      { name: 'AES-GCM', iv },
      a.send.key,
      CONVERSATION,
    );
    const opened = await subtle.decrypt({ name: 'AES-GCM', iv }, b.receive.key, sealed);
    assert.deepEqual(CONVERSATION, new Uint8Array(opened));
  });
}

describe('hostile partners and servers', () => {
  test('a reflected commitment', async () => {
    const { ana, commits } = await pair();
    await refuses(ana.onCommit(commits.a), /reflected commitment/);
  });

  test('a reflected public key under a commitment of its own', async () => {
    const keys = await generateKeys(subtle, 1);
    const { ana, reveals } = await revealed(await pair({ keys }, { keys }));
    await refuses(ana.onReveal(reveals.b), /reflected key/);
  });

  test('a reflected random value', async () => {
    const random = new Uint8Array(32).fill(5);
    const { ana, reveals } = await revealed(await pair({ random }, { random }));
    await refuses(ana.onReveal(reveals.b), /reflected random/);
  });

  test('a reflected fingerprint, but two sides without calls may agree', async () => {
    const same = { fingerprint: new Uint8Array(32).fill(5) };
    const reflected = await revealed(await pair(same, same));
    await refuses(reflected.ana.onReveal(reflected.reveals.b), /reflected fingerprint/);

    const none = { fingerprint: new Uint8Array(32) };
    const without = await revealed(await pair(none, none));
    assert.match(await without.ana.onReveal(without.reveals.b), /^[\w-]{43}$/);
  });

  for (const field of /** @type {const} */ ([
    'public_key',
    'fingerprint',
    'random',
    'suites',
  ])) {
    test(`a ${field} that was not committed to`, async () => {
      const { ana, reveals } = await revealed(await pair());
      const bytes = fromBase64url(reveals.b[field]);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      const changed = { ...reveals.b, [field]: toBase64url(bytes) };
      await refuses(ana.onReveal(changed), /commitment does not open/);
    });
  }

  test('a swapped role', async () => {
    const ana = await side({ role: 'A' });
    const impostor = await side({ role: 'A', random: new Uint8Array(32) });
    await ana.begin();
    await ana.onCommit(await impostor.begin());
    const reveal = await impostor.onCommit(await (await side({ role: 'B' })).begin());
    await refuses(ana.onReveal(reveal), /commitment does not open/);
  });

  test('another conversation', async () => {
    const other = { conversation: new Uint8Array(16) };
    const { ana, reveals } = await revealed(await pair({}, other));
    await refuses(ana.onReveal(reveals.b), /commitment does not open/);
  });

  test('a downgraded suite: both lists hold the better one', async () => {
    const { ana, reveals } = await revealed(await pair({ suite: 2 }, { suite: 2 }));
    await refuses(ana.onReveal(reveals.b), /downgraded/);
  });

  test('a suite that is not ours, or nobody knows', async () => {
    const keys = await generateKeys(subtle, 2);
    await refuses(
      (await side({ role: 'A', suite: 1, suites: [2], keys })).begin(),
      /suite/,
    );
    await refuses((await side({ role: 'A', suite: 3, keys })).begin(), /suite/);
  });

  test('a reveal that names another suite than the server', async () => {
    const { ana, reveals } = await revealed(await pair());
    await refuses(ana.onReveal({ ...reveals.b, suite: 2 }), /names another/);
  });

  /** @type {[string, Uint8Array<ArrayBuffer>][]} */
  const LOW_ORDER = [
    ['zero', new Uint8Array(32)],
    ['one', Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0))],
    [
      'p − 1',
      Uint8Array.from({ length: 32 }, (_, at) =>
        at === 0 ? 0xec : at === 31 ? 0x7f : 0xff,
      ),
    ],
  ];
  for (const [name, publicKey] of LOW_ORDER) {
    test(`a public key of low order: ${name}`, async () => {
      const keys = { ...(await generateKeys(subtle, 1)), publicKey };
      const { ana, reveals } = await revealed(await pair({}, { keys }));
      await refuses(ana.onReveal(reveals.b), /public key|handshake reveal/);
    });
  }

  /** @type {[string, (point: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>][]} */
  const BAD_POINTS = [
    ['compressed', (point) => Uint8Array.of(2, ...point.slice(1, 33))],
    [
      'off the curve',
      (point) => point.map((byte, at) => (at === 64 ? byte ^ 1 : byte)),
    ],
    ['of no known form', (point) => point.map((byte, at) => (at === 0 ? 6 : byte))],
    ['empty', () => new Uint8Array()],
  ];
  for (const [name, spoil] of BAD_POINTS) {
    test(`a P-256 point ${name}`, async () => {
      const honest = await generateKeys(subtle, 2);
      const keys = { ...honest, publicKey: spoil(honest.publicKey) };
      const options = { suite: 2, suites: /** @type {Suite[]} */ ([2]) };
      const { ana, reveals } = await revealed(
        await pair(options, { ...options, keys }),
      );
      await refuses(ana.onReveal(reveals.b), /public key|handshake reveal/);
    });
  }

  test('a wrong confirmation, and one that is reflected', async () => {
    for (const wrong of ['other', 'own']) {
      const { ana, bo, reveals } = await revealed(await pair());
      const own = await ana.onReveal(reveals.b);
      await bo.onReveal(reveals.a);
      const mac = wrong === 'own' ? own : toBase64url(new Uint8Array(32));
      await refuses(ana.onConfirm(mac), /confirmation/);
    }
  });

  test('a server that swaps keys on the way gets two different safety codes', async () => {
    const [ana, toAna] = [await side({ role: 'A' }), await side({ role: 'B' })];
    const [toBo, bo] = [await side({ role: 'A' }), await side({ role: 'B' })];
    /** @param {typeof ana} one @param {typeof ana} other */
    const sasOf = async (one, other) => {
      const [c1, c2] = [await one.begin(), await other.begin()];
      const [r1, r2] = [await one.onCommit(c2), await other.onCommit(c1)];
      const [, mac] = [await one.onReveal(r2), await other.onReveal(r1)];
      return (await one.onConfirm(mac)).sas;
    };

    assert.notDeepEqual(await sasOf(ana, toAna), await sasOf(toBo, bo));
  });

  test('lengths and encodings that are not what they must be', async () => {
    for (const commitment of ['', 'AAAA', '***', toBase64url(new Uint8Array(33))]) {
      const { ana } = await pair();
      await refuses(ana.onCommit(commitment), /length|handshake commit/);
    }
    for (const field of /** @type {const} */ (['fingerprint', 'random'])) {
      const { ana, reveals } = await revealed(await pair());
      await refuses(ana.onReveal({ ...reveals.b, [field]: 'AAAA' }), /length/);
    }
  });
});

describe('order', () => {
  test('each step is taken once and in turn', async () => {
    const { ana, commits } = await pair();
    await ana.onCommit(commits.b);
    await refuses(ana.onCommit(commits.b), /order/);
  });

  test('nothing is revealed before the partner committed', async () => {
    const { ana, bo, commits } = await pair();
    const reveal = await bo.onCommit(commits.a);
    await refuses(ana.onReveal(reveal), /order/);
    await refuses(ana.onCommit(commits.b), /order/);
  });

  test('a handshake that failed stays dead', async () => {
    const { ana, commits } = await pair();
    await refuses(ana.onCommit('AAAA'), /length/);
    await refuses(ana.onCommit(commits.b), /order/);
  });
});

describe('suites', () => {
  test('what the browser lacks is not offered', async () => {
    const withoutX25519 = /** @type {SubtleCrypto} */ ({
      generateKey: (/** @type {any} */ algorithm, /** @type {any} */ ...rest) =>
        algorithm.name === 'X25519'
          ? Promise.reject(new DOMException('', 'NotSupportedError'))
          : /** @type {any} */ (subtle.generateKey)(algorithm, ...rest),
    });
    assert.deepEqual([1, 2], await supportedSuites(subtle));
    assert.deepEqual([2], await supportedSuites(withoutX25519));
  });

  test('the preferred common one', () => {
    assert.equal(1, preferredSuite([1, 2], [2, 1]));
    assert.equal(2, preferredSuite([2], [1, 2]));
    assert.equal(2, preferredSuite([1, 2], [9, 2]));
    assert.equal(null, preferredSuite([1], [2]));
  });

  test('private keys cannot be exported', async () => {
    const { privateKey } = await generateKeys(subtle, 1);
    await assert.rejects(subtle.exportKey('pkcs8', privateKey));
  });
});

describe('counting endings', () => {
  test('the third within an hour warns', () => {
    const first = noteEnding([], 0);
    const second = noteEnding(first.times, HOUR / 2);
    const third = noteEnding(second.times, HOUR - 1);
    assert.deepEqual([false, false, true], [first.warn, second.warn, third.warn]);
  });

  test('an hour later the first no longer counts', () => {
    assert.ok(!noteEnding([0, HOUR / 2], HOUR).warn);
  });

  test('times from a clock that was set back do not count', () => {
    assert.ok(!noteEnding([5 * HOUR, 6 * HOUR], HOUR).warn);
  });

  test('the count survives a reload and broken storage', () => {
    /** @type {Map<string, string>} */
    const stored = new Map();
    const storage = {
      getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
        void stored.set(key, value),
    };
    createEndingCount(storage).note(1);
    createEndingCount(storage).note(2);
    assert.ok(createEndingCount(storage).note(3));

    for (const rubbish of ['{', '7', '{"a":1}', '["x", null]']) {
      assert.ok(!createEndingCount({ ...storage, getItem: () => rubbish }).note(1));
    }
    const forbidden = () => {
      throw new DOMException('', 'SecurityError');
    };
    const count = createEndingCount({ getItem: forbidden, setItem: forbidden });
    assert.deepEqual(
      [false, false, true],
      [count.note(1), count.note(2), count.note(3)],
    );
  });

  test('any exception of a checked step is a failed check', async () => {
    const error = await orIntegrity('step', () => {
      throw new TypeError('surprise');
    }).catch((/** @type {unknown} */ thrown) => thrown);
    assert.ok(error instanceof IntegrityError);
    assert.equal('step', error.rule);
  });
});
