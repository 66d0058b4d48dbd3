import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  delayOf,
  verdictOnClose,
  verdictOnRefusal,
} from '../../../static/js/chat/closing.js';
import { createLink } from '../../../static/js/chat/link.js';
import { SOCKET } from '../../../static/js/chat/policy.js';
import { FakeClock, settle } from '../support/clock.js';
import { fakePage } from '../support/platform.js';
import { encode, FakeServer } from '../support/server.js';

/** A page with a link and a server, and what happened between them. */
function linked() {
  const server = new FakeServer(new FakeClock());
  const { platform, clock, page } = fakePage({ clock: server.clock, server });
  const mood = { patient: false };
  /** @type {string[]} */
  const log = [];
  const link = createLink(platform, {
    onReady: ({ limits }) => log.push(`ready ${limits.unacked}`),
    onFrame: (frame) => log.push(frame.type),
    onRecords: (records) => log.push(records.map((record) => record.type).join()),
    onLost: () => log.push('lost'),
    onBlocked: (blocked) => log.push(blocked ? 'blocked' : 'open'),
    patient: () => mood.patient,
    onGivenUp: (code, caseCode) =>
      log.push(`given up: ${code} ${caseCode ?? ''}`.trim()),
  });
  const start = async () => {
    link.start();
    await settle();
  };
  return { server, clock, page, mood, link, start, log: () => log.splice(0) };
}

describe('the way there', () => {
  test('a ticket, then a socket with it, then hello', async () => {
    const { server, start, link, log } = linked();
    await start();

    assert.deepEqual([{ path: '/api/v1/realtime/tickets', body: {} }], server.requests);
    assert.deepEqual(['ss.v1', 'ss.ticket.t1'], server.socket.protocols);
    assert.equal('arraybuffer', server.socket.binaryType);
    assert.deepEqual(['ready 32'], log());
    assert.ok(link.ready);
  });

  test('starting twice is starting once', async () => {
    const { server, start } = linked();
    await start();
    await start();
    assert.equal(1, server.sockets.length);
  });

  test('a remembered token goes along', async () => {
    const { server, start, link } = linked();
    link.remember('tok');
    await start();
    assert.deepEqual({ resume_token: 'tok' }, server.requests[0]?.body);
  });

  test('frames and records pass, unknown ones do not', async () => {
    const { server, start, log } = linked();
    await start();
    log();
    server.socket.push({ type: 'queue.left' });
    server.socket.push({ type: 'queue.danced' });
    server.socket.pushBytes(encode(0x7f, new Uint8Array(3)));
    server.socket.pushBytes(encode(0x13, new Uint8Array(10)));
    server.socket.deliver(new Blob());
    await settle();
    assert.deepEqual(['queue.left', '', 'acked'], log());
  });

  test('nothing is sent before hello', async () => {
    const { server, start, link } = linked();
    server.greets = false;
    await start();
    link.send({ type: 'queue.leave' });
    link.sendBytes(new Uint8Array(1));
    assert.deepEqual([[], []], [server.socket.frames, server.socket.messages]);
  });

  test('stopping while the ticket is on its way opens nothing', async () => {
    const { server, link } = linked();
    link.start();
    link.stop();
    await settle();
    assert.equal(0, server.sockets.length);
  });

  test('stopping closes, and nothing is heard any more', async () => {
    const { server, start, link, log } = linked();
    await start();
    log();
    server.socket.push({ type: 'queue.left' });
    link.stop();
    await settle();
    assert.ok(server.socket.closed);
    assert.ok(!link.ready);
    assert.deepEqual([], log());
  });
});

describe('a socket that closes', () => {
  /** @param {number} code @param {number} within milliseconds */
  async function reopensWithin(code, within) {
    const { server, clock, start, log } = linked();
    await start();
    log();
    server.socket.drop(code);
    await settle();
    assert.deepEqual(['lost'], log());
    await clock.advance(within);
    assert.deepEqual(['ready 32'], log());
    assert.equal(2, server.requests.length);
  }

  test('1012: again after a moment of jitter', () =>
    reopensWithin(1012, SOCKET.jitterMs));
  test('1013: again after a back-off', () => reopensWithin(1013, SOCKET.backoff.first));
  test('4429: again after a back-off', () => reopensWithin(4429, SOCKET.backoff.first));
  test('4401: again at once, with a new ticket', () => reopensWithin(4401, 0));
  for (const code of [1000, 1001, 1006, 1009, 1011]) {
    test(`${code}: again after a back-off`, () =>
      reopensWithin(code, SOCKET.backoff.first));
  }

  /** @param {number} code @param {string} problem */
  async function stopsWith(code, problem) {
    const { server, clock, start, log, link } = linked();
    await start();
    log();
    server.socket.drop(code);
    await clock.advance(60_000);
    assert.deepEqual([`given up: ${problem}`], log());
    assert.equal(1, server.sockets.length);
    assert.ok(!link.ready);
  }

  test('4400: stops', () => stopsWith(4400, 'not_this_protocol'));
  test('4403: stops', () => stopsWith(4403, 'suspended'));
  test('4409: stops this socket only', () => stopsWith(4409, 'taken_over'));

  test('again and again: each time later, then the visitor is asked', async () => {
    const { server, clock, start, log } = linked();
    server.greets = false;
    await start();
    const times = [];
    for (let tries = 1; tries < SOCKET.tries; tries += 1) {
      const before = clock.now();
      server.socket.drop(1006);
      await settle();
      while (server.sockets.length === tries) {
        await clock.advance(100);
      }
      times.push(clock.now() - before);
    }
    server.socket.drop(1006);
    await settle();

    assert.deepEqual(['given up: unreachable'], log());
    assert.deepEqual(
      [...times].sort((one, other) => one - other),
      times,
    );
    assert.ok((times.at(-1) ?? 0) > 5 * (times[0] ?? 0));
  });

  test('a socket that lived long starts the count anew', async () => {
    const { server, clock, start, log } = linked();
    await start();
    for (let times = 0; times < 2 * SOCKET.tries; times += 1) {
      await clock.advance(SOCKET.backoff.most);
      server.socket.drop(1006);
      await clock.advance(SOCKET.backoff.first);
    }
    assert.ok(!log().includes('given up: unreachable'));
  });

  test('it can be stopped between two tries, and started again', async () => {
    const { server, clock, start, link } = linked();
    await start();
    server.socket.drop(1006);
    await settle();
    link.stop();
    await clock.advance(60_000);
    assert.equal(1, server.sockets.length);
    await start();
    assert.equal(2, server.sockets.length);
    assert.ok(link.ready);
  });
});

describe('a page that wakes', () => {
  test('does not wait for the next try', async () => {
    const { server, clock, start, link } = linked();
    const { answer } = server;
    server.answer = () => {
      throw new TypeError('no network');
    };
    await start();
    await clock.advance(7000);
    server.answer = answer;
    link.wake();
    await settle();
    assert.ok(link.ready);
  });

  test('leaves a try that hangs for a new one', async () => {
    const { server, clock, start, link } = linked();
    server.opens = 'hangs';
    await start();
    server.opens = true;
    link.wake();
    await settle();
    assert.equal(1, server.sockets.length);
    await clock.advance(SOCKET.wakeMs);
    link.wake();
    await settle();
    assert.ok(link.ready);
    assert.ok(server.sockets[0]?.closed);
  });

  test('does not hurry where the server asked to wait', async () => {
    const { server, clock, start, link } = linked();
    await start();
    server.socket.drop(1013);
    await settle();
    await clock.advance(100);
    link.wake();
    await settle();
    assert.equal(1, server.requests.length);
  });

  test('does nothing when nothing was begun', async () => {
    const { server, link } = linked();
    link.wake();
    await settle();
    assert.equal(0, server.requests.length);
  });
});

describe('somebody waits for us', () => {
  test('however often it fails, it goes on', async () => {
    const { server, clock, mood, start, link, log } = linked();
    mood.patient = true;
    const { answer } = server;
    server.answer = () => {
      throw new TypeError('no network');
    };
    await start();
    await clock.advance(120_000);
    assert.deepEqual([], log());
    assert.ok(server.requests.length > SOCKET.tries);
    server.answer = answer;
    await clock.advance(SOCKET.backoff.mostOfNetwork);
    assert.ok(link.ready);
  });

  test('without a network nobody is told that the server is out of reach', async () => {
    const { server, clock, page, start, log } = linked();
    page.online = false;
    server.answer = () => {
      throw new TypeError('no network');
    };
    await start();
    await clock.advance(120_000);
    assert.deepEqual([], log());
    page.online = true;
    await clock.advance(SOCKET.backoff.mostOfNetwork);
    assert.deepEqual(['given up: unreachable'], log());
  });

  test('a socket can be left for a fresh one', async () => {
    const { server, start, link, log } = linked();
    await start();
    log();
    void link.renew();
    assert.ok(!link.ready);
    await settle();
    assert.deepEqual(['ready 32'], log());
    assert.deepEqual(
      [true, false],
      server.sockets.map((socket) => socket.closed),
    );
  });
});

describe('WebSockets that are blocked', () => {
  for (const opens of /** @type {const} */ ([false, 'hangs'])) {
    test(`${opens}: said within five seconds, and tried on until one opens`, async () => {
      const { server, clock, start, link, log } = linked();
      server.opens = opens;
      await start();
      await clock.advance(5000);
      assert.deepEqual(['blocked'], log());
      await clock.advance(300_000);
      assert.deepEqual([], log());
      assert.ok(server.sockets.length > SOCKET.tries);
      server.opens = true;
      await clock.advance(SOCKET.helloMs + SOCKET.backoff.mostOfNetwork);
      assert.deepEqual(['open', 'ready 32'], log());
      assert.ok(link.ready);
    });
  }

  test('a socket that opened slowly is no blockade', async () => {
    const { server, clock, start, log } = linked();
    server.greets = false;
    await start();
    await clock.advance(5000);
    assert.deepEqual([], log());
  });

  test('a site out of reach is no blockade', async () => {
    const { server, clock, start, log } = linked();
    server.opens = 'hangs';
    await start();
    await clock.advance(5000);
    server.answer = () => {
      throw new TypeError('no network');
    };
    await clock.advance(SOCKET.helloMs);
    assert.deepEqual(['blocked', 'open'], log());
  });

  test('nobody tries any more: nothing stands', async () => {
    const { server, clock, start, link, log } = linked();
    server.opens = 'hangs';
    await start();
    await clock.advance(5000);
    link.stop();
    await clock.advance(60_000);
    assert.deepEqual(['blocked', 'open'], log());
  });
});

describe('silence', () => {
  test('is asked about, and an answer is enough', async () => {
    const { server, clock, start, log } = linked();
    await start();
    log();
    for (let minute = 0; minute < 5; minute += 1) {
      await clock.advance(60_000);
    }
    assert.deepEqual(['pong'], [...new Set(log())]);
    assert.equal(1, server.sockets.length);
    assert.ok(server.socket.sent('ping').length >= 5);
  });

  test('without an answer the socket is lost', async () => {
    const { server, clock, start, log } = linked();
    await start();
    log();
    server.intercept = (frame) => (frame.type === 'ping' ? null : frame);
    await clock.advance(SOCKET.quietMs + SOCKET.answerMs);
    assert.deepEqual(['lost', 'ready 32'], log());
    assert.ok(server.sockets[0]?.closed);
    assert.equal(2, server.sockets.length);
  });

  test('a page that slept asks once more before it judges', async () => {
    const { server, clock, start, log } = linked();
    await start();
    log();
    const { intercept } = server;
    server.intercept = (frame) => (frame.type === 'ping' ? null : frame);
    await clock.advance(SOCKET.quietMs);
    clock.time += 60_000;
    await clock.advance(1);
    assert.deepEqual([2, []], [server.socket.sent('ping').length, log()]);
    server.intercept = intercept;
    server.socket.push({ type: 'queue.left' });
    await settle();
    await clock.advance(SOCKET.answerMs);
    assert.deepEqual([['queue.left'], 1], [log(), server.sockets.length]);
  });

  test('a page that is always late still judges', async () => {
    const { server, clock, start, log } = linked();
    await start();
    log();
    server.intercept = (frame) => (frame.type === 'ping' ? null : frame);
    await clock.advance(SOCKET.quietMs);
    for (let times = 0; times < 2; times += 1) {
      clock.time += 60_000;
      await clock.advance(1);
    }
    assert.equal('lost', log()[0]);
  });

  test('a page that wakes asks at once, and knows within five seconds', async () => {
    const { server, clock, start, link, log } = linked();
    await start();
    log();
    link.wake();
    link.wake();
    await settle();
    await clock.advance(SOCKET.answerMs);
    assert.deepEqual([['pong'], 1], [log(), server.socket.sent('ping').length]);
    server.socket.silent = true;
    link.wake();
    await clock.advance(SOCKET.answerMs);
    assert.deepEqual(['lost', 'ready 32'], log());
  });

  test('a server that talks is not asked', async () => {
    const { server, clock, start } = linked();
    await start();
    for (let times = 0; times < 10; times += 1) {
      await clock.advance(SOCKET.quietMs - 1000);
      server.socket.push({ type: 'queue.left' });
      await settle();
    }
    assert.equal(0, server.socket.sent('ping').length);
  });

  test('no hello in time: again', async () => {
    const { server, clock, start } = linked();
    server.greets = false;
    await start();
    await clock.advance(SOCKET.helloMs + SOCKET.backoff.first);
    assert.equal(2, server.sockets.length);
  });
});

describe('a server that does not keep to the protocol', () => {
  /** @type {[string, unknown][]} */
  const RUBBISH = [
    ['not JSON', 'rubbish'],
    ['a known frame with a wrong field', '{"type":"queue.waiting"}'],
    ['record lengths that do not add up', Uint8Array.of(0x13, 0, 9).buffer],
    ['an empty message', new ArrayBuffer(0)],
  ];
  for (const [name, data] of RUBBISH) {
    test(`${name}: stops and says so`, async () => {
      const { server, start, log } = linked();
      await start();
      log();
      server.socket.deliver(data);
      await settle();
      assert.deepEqual(['given up: not_this_protocol'], log());
      assert.ok(server.socket.closed);
    });
  }

  test('anything before hello: stops', async () => {
    const { server, start, log } = linked();
    server.greets = false;
    await start();
    server.socket.push({ type: 'queue.left' });
    await settle();
    assert.deepEqual(['given up: not_this_protocol'], log());
  });

  test('a ticket without its fields: stops', async () => {
    for (const body of [{}, { ticket: 7, url: 'x' }, []]) {
      const { server, start, log } = linked();
      server.answer = () => Response.json(body);
      await start();
      assert.deepEqual(['given up: not_this_protocol'], log());
    }
  });
});

describe('a ticket that is refused', () => {
  /** @type {[number, object, string][]} */
  const STOPS = [
    [403, { code: 'age_required' }, 'age_required'],
    [403, { code: 'admission_required' }, 'admission_required'],
    [403, { code: 'suspended', case_code: 'c0de' }, 'suspended c0de'],
    [401, { code: 'visitor_required' }, 'visitor_required'],
    [403, { code: 'csrf' }, 'visitor_required'],
    [404, {}, 'not_this_protocol'],
  ];
  for (const [status, body, words] of STOPS) {
    test(`${status} ${JSON.stringify(body)}`, async () => {
      const { server, clock, start, log } = linked();
      server.answer = () => Response.json(body, { status });
      await start();
      await clock.advance(60_000);
      assert.deepEqual([`given up: ${words}`], log());
      assert.equal(1, server.requests.length);
    });
  }

  test('429: again when the server says', async () => {
    const { server, clock, start, log } = linked();
    const { answer } = server;
    server.answer = () =>
      Response.json({}, { status: 429, headers: { 'Retry-After': '9' } });
    await start();
    server.answer = answer;
    await clock.advance(8_999);
    assert.deepEqual([], log());
    await clock.advance(1);
    assert.deepEqual(['ready 32'], log());
  });

  test('503, or no network: again after a back-off', async () => {
    const { server, clock, start, log } = linked();
    const { answer } = server;
    server.answer = () => Response.json({}, { status: 503 });
    await start();
    server.answer = () => {
      throw new TypeError('no network');
    };
    await clock.advance(SOCKET.backoff.first);
    server.answer = answer;
    await clock.advance(2 * SOCKET.backoff.first);
    assert.deepEqual(['ready 32'], log());
  });
});

describe('verdicts', () => {
  test('delays grow, are bounded, and never fall below what the server asked', () => {
    const again = /** @type {const} */ ({
      kind: 'again',
      after: 'backoff',
      delayMs: 0,
    });
    const delays = [1, 2, 3, 10].map((failures) => delayOf(again, failures, 1));
    assert.deepEqual([1000, 2000, 4000, SOCKET.backoff.most], delays);
    assert.equal(500, delayOf(again, 1, 0));
    assert.equal(9000, delayOf({ ...again, delayMs: 9000 }, 1, 1));
  });

  test('a ticket that fails twice is not asked for at once again', () => {
    const now = /** @type {const} */ ({ kind: 'again', after: 'now', delayMs: 0 });
    assert.equal(0, delayOf(now, 1, 0.5));
    assert.ok(delayOf(now, 2, 0.5) > 0);
  });

  test('unknown codes and statuses are no reason to stop', () => {
    assert.equal('again', verdictOnClose(4999).kind);
    const busy = { status: 500, code: 'unknown', retryAfterSeconds: null };
    assert.equal('again', verdictOnRefusal(busy).kind);
  });
});
