import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  concat,
  equal,
  fromBase64url,
  fromHex,
  fromUtf8,
  lengthPrefixed,
  toBase64url,
  toHex,
  u8,
  u16,
  u32,
  u64,
  utf8,
} from '../../../static/js/lib/bytes.js';
import { createEmitter } from '../../../static/js/lib/emitter.js';
import { cookieValue, postJson } from '../../../static/js/lib/http.js';
import { createSerial } from '../../../static/js/lib/serial.js';
import { createTimer } from '../../../static/js/lib/timer.js';
import { FakeClock } from '../support/clock.js';

describe('bytes', () => {
  test('integers are big-endian', () => {
    assert.equal('07', toHex(u8(7)));
    assert.equal('0107', toHex(u16(0x107)));
    assert.equal('01000007', toHex(u32(0x1000007)));
    assert.equal('0000010000000000', toHex(u64(2 ** 40)));
    assert.equal('ffffffffffffffff', toHex(u64(2n ** 64n - 1n)));
  });

  test('joining, comparing and prefixing', () => {
    assert.deepEqual(Uint8Array.of(1, 2, 3), concat(u8(1), Uint8Array.of(2, 3)));
    assert.ok(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
    assert.ok(!equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
    assert.ok(!equal(Uint8Array.of(1), Uint8Array.of(1, 3)));
    assert.equal('00026162', toHex(lengthPrefixed(utf8('ab'))));
  });

  test('base64url has one form for each value', () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => 255 - index * 3);
      assert.deepEqual(bytes, fromBase64url(toBase64url(bytes)));
    }
    assert.equal('-_8', toBase64url(Uint8Array.of(0xfb, 0xff)));
    for (const bad of ['A', 'AB==', '+/8', 'AA AA', 'AB']) {
      assert.throws(() => fromBase64url(bad), RangeError, bad);
    }
  });

  test('hex and UTF-8 are strict', () => {
    assert.deepEqual(Uint8Array.of(0xab, 0x01), fromHex('aB01'));
    assert.throws(() => fromHex('abc'), RangeError);
    assert.throws(() => fromHex('zz'), RangeError);
    assert.equal('héllo 👋', fromUtf8(utf8('héllo 👋')));
    assert.equal(null, fromUtf8(Uint8Array.of(0xed, 0xa0, 0x80)));
    assert.equal('\ufeff', fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf)));
  });
});

test('a listener that stopped listening hears nothing more', () => {
  const emitter = createEmitter();
  /** @type {unknown[]} */
  const heard = [];
  const stop = emitter.subscribe((value) => heard.push(value));
  emitter.emit('one');
  stop();
  emitter.emit('two');

  assert.deepEqual(['one'], heard);
});

test('a listener that throws does not keep news from the others', () => {
  /** @type {unknown[]} */
  const heard = [];
  /** @type {string[]} */
  const reported = [];
  const emitter = createEmitter((error) => reported.push(String(error)));
  emitter.subscribe(() => {
    throw new Error('a broken view');
  });
  emitter.subscribe((value) => heard.push(value));

  emitter.emit('news');

  assert.deepEqual(['news'], heard);
  assert.deepEqual(['Error: a broken view'], reported);
});

test('jobs run one after another, also after one that failed', async () => {
  /** @type {string[]} */
  const log = [];
  const run = createSerial((error) => log.push(String(error)));
  const pause = () => new Promise((resolve) => setTimeout(resolve, 2));
  run(async () => {
    await pause();
    log.push('slow');
  });
  run(() => {
    throw new Error('broken');
  });
  await run(() => {
    log.push('quick');
  });

  assert.deepEqual(['slow', 'Error: broken', 'quick'], log);
});

test('a timer starts anew, or once, or is stopped', async () => {
  const clock = new FakeClock(0);
  /** @type {string[]} */
  const log = [];
  const timer = createTimer(clock);
  timer.start(10, () => log.push('first'));
  timer.start(20, () => log.push('second'));
  timer.startOnce(1, () => log.push('third'));
  await clock.advance(19);
  assert.deepEqual([], log);
  await clock.advance(1);
  assert.deepEqual(['second'], log);
  timer.startOnce(5, () => log.push('fourth'));
  timer.stop();
  await clock.advance(10);
  assert.deepEqual(['second'], log);
});

describe('http', () => {
  /** @param {Response | Error} answer */
  function serverThat(answer) {
    /** @type {{path: string, init: RequestInit}[]} */
    const requests = [];
    return {
      requests,
      platform: {
        csrfToken: () => 'tok',
        fetch: async (/** @type {string} */ path, /** @type {RequestInit} */ init) => {
          requests.push({ path, init });
          if (answer instanceof Error) {
            throw answer;
          }
          return answer;
        },
      },
    };
  }

  test('cookies and the CSRF token go along with a POST', async () => {
    const server = serverThat(Response.json({ a: 1 }));

    const answer = await postJson(server.platform, '/x', { b: 2 });

    assert.deepEqual({ ok: true, data: { a: 1 } }, answer);
    const [{ path, init } = { path: '', init: {} }] = server.requests;
    assert.equal('/x', path);
    assert.equal('POST', init.method);
    assert.equal('same-origin', init.credentials);
    assert.equal('{"b":2}', init.body);
    assert.equal('tok', /** @type {any} */ (init.headers)['X-CSRFToken']);
  });

  test('a problem document becomes a refusal', async () => {
    const body = { code: 'suspended', detail: 'why', case_code: 'abc' };
    const headers = { 'Retry-After': '7' };
    const server = serverThat(Response.json(body, { status: 403, headers }));

    assert.deepEqual(
      {
        ok: false,
        status: 403,
        code: 'suspended',
        detail: 'why',
        retryAfterSeconds: 7,
        caseCode: 'abc',
      },
      await postJson(server.platform, '/x', {}),
    );
  });

  test('what is not JSON is a refusal, whatever the status', async () => {
    for (const status of [200, 403, 502]) {
      const server = serverThat(new Response('<h1>', { status }));
      const answer = await postJson(server.platform, '/x', {});

      assert.ok(!answer.ok);
      assert.deepEqual([status, 'unknown'], [answer.status, answer.code]);
    }
  });

  test('a server out of reach is a refusal', async () => {
    const server = serverThat(new TypeError('failed to fetch'));
    const answer = await postJson(server.platform, '/x', {});

    assert.ok(!answer.ok);
    assert.deepEqual([0, 'unreachable'], [answer.status, answer.code]);
  });

  test('a cookie is found by its whole name', () => {
    const cookies = 'xcsrftoken=no; csrftoken=a%3Db=c; other=1';
    assert.equal('a=b=c', cookieValue(cookies, 'csrftoken'));
    assert.equal('', cookieValue(cookies, 'token'));
    assert.equal('', cookieValue('', 'csrftoken'));
  });
});
