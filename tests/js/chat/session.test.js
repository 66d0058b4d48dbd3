import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TALK } from '../../../static/js/chat/policy.js';
import { inTime, settle, until } from '../support/clock.js';
import { encode } from '../support/server.js';
import {
  bothAt,
  meet,
  person,
  progress,
  talking,
  texts,
  twoPeople,
} from '../support/sessions.js';

/** @import { FakeStream } from '../support/devices.js' */
/** @import { Person } from '../support/sessions.js' */

/** @param {Person} who @param {string} stage */
const at = (who, stage) => until(() => who.state().stage === stage, `stage ${stage}`);

/** @param {Person} who @returns {string[]} */
const notices = (who) => who.state().notices.map((notice) => notice.code);

describe('text', () => {
  test('two people meet, see the same safety code, and write to each other', async () => {
    const { clock, ana, bo } = await talking();
    assert.equal(7, ana.state().safetyCode?.length);
    assert.deepEqual(ana.state().safetyCode, bo.state().safetyCode);

    assert.ok(ana.session.actions.sendText('Hello 👋'));
    await until(() => bo.state().lines.length === 1, 'the text');
    assert.ok(bo.session.actions.sendText('Hi'));
    await until(() => ana.state().lines.length === 2, 'the answer');
    await inTime(clock, () => progress(bo)[0] === 'received', 'the acknowledgement');
    await inTime(clock, () => progress(ana)[0] === 'received', 'the acknowledgement');

    assert.deepEqual(['you: Hello 👋', 'stranger: Hi'], texts(ana));
    assert.deepEqual(['stranger: Hello 👋', 'you: Hi'], texts(bo));
    assert.deepEqual(['received'], progress(ana));
  });

  test('what is known of the partner, and nothing else', async () => {
    const { ana } = await talking();
    const { handle, partner, shared, ladder, route } = ana.state();
    assert.deepEqual(['Handle A', 'Handle B'], [handle, partner?.handle]);
    assert.deepEqual(['jazz'], shared);
    assert.deepEqual(['text', 'direct'], [ladder?.step, route?.state]);
    assert.deepEqual([], ana.devices.asked);
    assert.deepEqual([], ana.connections);
  });

  test('forty lines arrive whole and in order at the permitted pace', async () => {
    const { clock, ana, bo } = await talking();
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    for (const line of lines) {
      assert.ok(ana.session.actions.sendText(line));
    }
    await inTime(clock, () => bo.state().lines.length === 40, 'all of them');
    assert.deepEqual(
      lines.map((line) => `stranger: ${line}`),
      texts(bo),
    );
  });

  test('a lost message is sent again, and shown once', async () => {
    const { server, clock, ana, bo } = await talking();
    let lose = true;
    server.admit = (record) => {
      const lost = lose && record.type === 0x01;
      lose = lose && !lost;
      return !lost;
    };
    ana.session.actions.sendText('twice sent');
    await until(() => ana.socket().messages.length === 1, 'the first try');
    await inTime(clock, () => progress(ana)[0] === 'received', 'the second try');
    await clock.advance(6000);
    assert.deepEqual(['stranger: twice sent'], texts(bo));
  });

  test('messages above a gap are refused and sent again from there', async () => {
    const { server, clock, ana, bo } = await talking();
    let lose = true;
    server.admit = (record) => {
      const lost = lose && record.type === 0x01;
      lose = lose && !lost;
      return !lost;
    };
    for (const line of ['a', 'b', 'c']) {
      ana.session.actions.sendText(line);
    }
    await until(() => ana.socket().messages.length === 3, 'three messages');
    await inTime(clock, () => bo.state().lines.length === 3, 'all three');
    assert.deepEqual(['stranger: a', 'stranger: b', 'stranger: c'], texts(bo));
  });

  test('typing is shown until the message comes', async () => {
    const { ana, bo } = await talking();
    ana.session.actions.setTyping(true);
    await until(() => bo.state().partnerTyping, 'typing');
    ana.session.actions.sendText('done');
    await until(() => bo.state().lines.length === 1, 'the text');
    assert.ok(!bo.state().partnerTyping);
  });

  test('nothing can be said before, after, or to nobody', async () => {
    const { ana, bo } = twoPeople();
    assert.ok(!ana.session.actions.sendText('hello?'));
    await meet(ana, bo);
    assert.ok(!ana.session.actions.sendText('  '));
    assert.ok(!ana.session.actions.sendText('x'.repeat(4001)));
    assert.deepEqual(['too_long'], notices(ana));
    ana.session.actions.stop();
    assert.ok(!ana.session.actions.sendText('hello?'));
    assert.deepEqual([], texts(bo));
  });
});

describe('coming and going', () => {
  test('waiting shows the numbers of the server', async () => {
    const { ana, server } = twoPeople();
    await ana.session.actions.join();
    await until(() => ana.state().waiting !== null, 'numbers');
    ana.socket().push({
      type: 'queue.waiting',
      waiting: 4,
      expected_seconds: { p50: 2, p90: 8 },
      since: new Date(server.clock.now()).toISOString(),
    });
    await until(() => ana.state().waiting?.others === 4, 'new numbers');
    assert.deepEqual({ p50: 2, p90: 8 }, ana.state().waiting?.expected);
    assert.equal(server.clock.now(), ana.state().waiting?.since);
  });

  test('a second join changes what was asked for', async () => {
    const { ana } = twoPeople();
    await ana.session.actions.join();
    await at(ana, 'waiting');
    await ana.session.actions.join({
      mode: 'text',
      interests: ['chess'],
      languages: [],
    });
    const joins = ana.socket().sent('queue.join');
    assert.deepEqual(
      [['jazz'], ['chess']],
      joins.map((join) => join.interests),
    );
    assert.deepEqual([1, 2], joins[0]?.suites);
    assert.equal('waiting', ana.state().stage);
  });

  test('leaving the queue leaves it, closes the devices and the socket', async () => {
    const { ana } = twoPeople('video');
    await ana.session.actions.join();
    await at(ana, 'waiting');
    ana.session.actions.leaveQueue();
    assert.equal('idle', ana.state().stage);
    await until(() => ana.socket().closed, 'the socket to close');
    assert.equal(1, ana.socket().sent('queue.leave').length);
    assert.deepEqual([], ana.devices.open());
  });

  test('a match that crosses with leaving is left at once', async () => {
    const { server, ana, bo } = twoPeople();
    server.intercept = (frame) => (frame.type === 'queue.leave' ? null : frame);
    await ana.session.actions.join();
    await at(ana, 'waiting');
    ana.session.actions.leaveQueue();
    await bo.session.actions.join();
    await at(bo, 'ended');
    assert.equal('idle', ana.state().stage);
    assert.equal('stop', ana.socket().sent('conversation.leave')[0]?.reason);
    assert.equal('partner_left', bo.state().ended?.reason);
  });

  test('next leaves and joins in one go; the other is told, with the farewell', async () => {
    const { ana, bo } = await talking();
    ana.session.actions.next('good_chat');
    await at(bo, 'ended');
    await at(ana, 'waiting');
    assert.equal(1, ana.socket().sent('conversation.leave').length);
    assert.deepEqual(
      ['partner_left', 'good_chat'],
      [bo.state().ended?.reason, bo.state().ended?.farewell],
    );
    assert.match(bo.state().ended?.words ?? '', /good chat/);
    assert.deepEqual(['nothing said'], bo.state().ended?.receipt?.kept);
    await settle();
    assert.equal('waiting', ana.state().stage);

    bo.session.actions.next();
    await bothAt(ana, bo, 'talking');
    assert.deepEqual([], texts(ana));
  });

  test('stop tells the other and closes everything', async () => {
    const { ana, bo } = await talking('voice');
    ana.session.actions.stop();
    assert.equal('stopped', ana.state().stage);
    await at(bo, 'ended');
    assert.deepEqual([], ana.devices.open());
    assert.ok(ana.socket().closed);
    assert.ok(ana.connections[0]?.closed);
    await ana.session.actions.rejoin();
    await at(ana, 'waiting');
    assert.deepEqual(['audio'], ana.devices.open());
  });

  test('a tab that goes away says so', async () => {
    const { ana, bo } = await talking();
    ana.hide();
    const [leave] = ana.socket().sent('conversation.leave');
    assert.equal('stop', leave?.reason);
    await at(bo, 'ended');
    assert.equal('partner_left', bo.state().ended?.reason);
    assert.equal(0, ana.clock.timers.size - bo.clock.timers.size);
  });

  test('a tab that goes away before anything began stays as it was', () => {
    const { ana } = twoPeople();
    ana.hide();
    assert.equal('idle', ana.state().stage);
  });

  test('lines are forgotten ten minutes after the end, or with the next partner', async () => {
    const { clock, ana, bo } = await talking();
    ana.session.actions.sendText('remember me');
    await until(() => bo.state().lines.length === 1, 'the text');
    ana.session.actions.stop();
    await at(bo, 'ended');
    assert.deepEqual([], ana.state().lines);
    await clock.advance(TALK.keepLinesMs - 1000);
    assert.equal(1, bo.state().lines.length);
    await clock.advance(1000);
    assert.deepEqual([], bo.state().lines);
  });

  test('stopping while the browser asks for a device joins nothing', async () => {
    const { server, ana } = twoPeople('voice');
    let allow = () => {};
    ana.devices.answer = () =>
      new Promise((resolve) => {
        allow = resolve;
      });
    const joining = ana.session.actions.join();
    await until(() => ana.devices.asked.length === 1, 'the question');
    ana.session.actions.stop();
    allow();
    await joining;
    assert.equal('stopped', ana.state().stage);
    assert.deepEqual([[], 0], [ana.devices.open(), server.requests.length]);
  });
});

describe('devices before the queue', () => {
  test('voice and video open what they need, then join', async () => {
    const { ana } = twoPeople('video');
    await ana.session.actions.prepareMedia();
    assert.equal('preparing', ana.state().stage);
    const preview = /** @type {FakeStream | null} */ (
      /** @type {unknown} */ (ana.session.streams.local())
    );
    assert.deepEqual(['audio', 'video'], preview?.kinds());
    await ana.session.actions.join();
    await at(ana, 'waiting');
    assert.equal(1, ana.devices.asked.length);
  });

  test('a refusal stays on the threshold; a second join goes on without', async () => {
    const { ana } = twoPeople('voice');
    ana.devices.refuse('NotAllowedError');
    await ana.session.actions.join();
    assert.equal('preparing', ana.state().stage);
    assert.match(ana.state().media.problem ?? '', /keeps the microphone closed/);
    await ana.session.actions.join();
    await at(ana, 'waiting');
    assert.equal(1, ana.devices.asked.length);
  });

  test('who went on without a camera is not asked again for every partner', async () => {
    const { ana, bo } = twoPeople('video');
    ana.devices.answer = async (constraints) => {
      if ('video' in constraints) {
        throw new DOMException('', 'NotFoundError');
      }
    };
    await ana.session.actions.join();
    assert.equal('preparing', ana.state().stage);
    await meet(ana, bo);
    const { length } = ana.devices.asked;
    ana.session.actions.next();
    await at(ana, 'waiting');
    assert.equal(length, ana.devices.asked.length);

    ana.session.actions.stop();
    await ana.session.actions.rejoin();
    await at(ana, 'waiting');
    assert.deepEqual(['audio'], Object.keys(ana.devices.asked.at(-1) ?? {}));
    ana.session.actions.leaveQueue();
    const before = ana.devices.asked.length;
    await ana.session.actions.prepareMedia();
    const asked = ana.devices.asked.slice(before).map(Object.keys);
    assert.deepEqual([['audio', 'video'], ['audio'], ['video']], asked);
  });

  test('in the queue or a conversation there is nothing to prepare or to join', async () => {
    const { ana } = await talking();
    const before = ana.state();
    await ana.session.actions.prepareMedia();
    await ana.session.actions.join();
    assert.equal(before, ana.state());
  });

  test('two presses are one join', async () => {
    const { server, ana } = twoPeople('voice');
    await Promise.all([ana.session.actions.join(), ana.session.actions.join()]);
    await at(ana, 'waiting');
    assert.deepEqual(
      [1, 1],
      [server.sockets.length, ana.socket().sent('queue.join').length],
    );
  });

  test('asked again and allowed, all is well', async () => {
    const { ana } = twoPeople('voice');
    ana.devices.refuse('NotReadableError');
    await ana.session.actions.prepareMedia();
    ana.devices.allow();
    await ana.session.actions.prepareMedia();
    assert.deepEqual(
      ['on', null],
      [ana.state().media.microphone, ana.state().media.problem],
    );
  });
});

describe('calls', () => {
  test('voice begins with sound, both ways', async () => {
    const { ana, bo } = await talking('voice');
    await connected(ana, bo);
    for (const who of [ana, bo]) {
      await until(() => who.state().remote.audio, 'sound');
      assert.deepEqual(
        [false, 'connected'],
        [who.state().remote.video, who.state().connection],
      );
      const stream = /** @type {any} */ (who.session.streams.remote());
      assert.deepEqual(['audio'], stream.kinds());
    }
  });

  test('video begins blurred and becomes clear when both agree', async () => {
    const { ana, bo } = await talking('video');
    await connected(ana, bo);
    await until(() => ana.state().remote.video && bo.state().remote.video, 'pictures');
    assert.ok(ana.state().remote.blurred);
    await ana.session.actions.propose('clear');
    await until(() => bo.state().ladder?.proposal?.by === 'partner', 'the question');
    await bo.session.actions.accept();
    await until(() => !ana.state().remote.blurred, 'clear');
    assert.equal('clear', bo.state().ladder?.step);
  });

  test('text climbs to voice; hanging up closes both microphones', async () => {
    const { ana, bo } = await talking();
    await ana.session.actions.propose('voice');
    assert.deepEqual(['audio'], ana.devices.open());
    await until(() => bo.state().ladder?.proposal !== null, 'the question');
    assert.equal(
      30_000,
      (bo.state().ladder?.proposal?.expiresAt ?? 0) - bo.clock.now(),
    );
    await bo.session.actions.accept();
    await until(() => ana.state().ladder?.step === 'voice', 'voice');
    await connected(ana, bo);
    await until(() => ana.state().remote.audio, 'sound');
    bo.session.actions.stepDown('text');
    await until(() => ana.state().ladder?.step === 'text', 'text');
    assert.deepEqual([[], []], [ana.devices.open(), bo.devices.open()]);
    assert.ok(!ana.state().remote.audio);
  });

  test('a refused question changes nothing and is told', async () => {
    const { ana, bo } = await talking();
    await ana.session.actions.propose('voice');
    await until(() => bo.state().ladder?.proposal !== null, 'the question');
    bo.session.actions.decline();
    await until(() => notices(ana).includes('declined'), 'the answer');
    assert.deepEqual([], ana.devices.open());
    ana.session.actions.dismissNotice('declined');
    assert.deepEqual([], notices(ana));
  });

  test('a refused move is told, and the device closes', async () => {
    const { server, ana } = await talking();
    server.intercept = (frame, from) => {
      if (frame.type === 'ladder.propose') {
        const { id: ref, conversation } = frame;
        from.push({
          type: 'error',
          code: 'not_allowed',
          message: '',
          ref,
          conversation,
        });
        return null;
      }
      return frame;
    };
    await ana.session.actions.propose('voice');
    await until(() => notices(ana).includes('not_possible'), 'the refusal');
    assert.deepEqual([], ana.devices.open());
  });

  test('camera off releases it and the other sees it go', async () => {
    const { ana, bo } = await talking('video');
    await connected(ana, bo);
    await until(() => bo.state().remote.video, 'the picture');
    await ana.session.actions.toggleCamera();
    assert.deepEqual(
      ['paused', ['audio']],
      [ana.state().media.camera, ana.devices.open()],
    );
    await until(() => !bo.state().remote.video, 'no picture');
    await ana.session.actions.toggleCamera();
    await until(() => bo.state().remote.video, 'the picture again');
  });

  test('mute is muted', async () => {
    const { ana } = await talking('voice');
    ana.session.actions.toggleMicrophone();
    assert.equal('muted', ana.state().media.microphone);
  });

  test('the code can be compared only where it can be heard or seen', async () => {
    const { ana } = await talking();
    ana.session.actions.confirmCode();
    assert.deepEqual(
      [false, ['compare_aloud']],
      [ana.state().comparedByYou, notices(ana)],
    );

    const call = await talking('voice');
    call.ana.session.actions.confirmCode();
    assert.ok(call.ana.state().comparedByYou);
  });

  test('devices that the mode did not open close with the conversation', async () => {
    const { ana, bo } = await talking();
    await ana.session.actions.propose('voice');
    bo.session.actions.stop();
    await at(ana, 'ended');
    assert.deepEqual([], ana.devices.open());
  });

  test('after the end they stay open for a moment, for the next partner', async () => {
    const { clock, ana, bo } = await talking('voice');
    bo.session.actions.stop();
    await at(ana, 'ended');
    await clock.advance(TALK.restMs - 1000);
    assert.deepEqual(['audio'], ana.devices.open());
    await clock.advance(1000);
    assert.deepEqual(['ended', []], [ana.state().stage, ana.devices.open()]);
    ana.session.actions.next();
    await at(ana, 'waiting');
    await clock.advance(TALK.restMs);
    assert.deepEqual(['audio'], ana.devices.open());
  });

  test('a browser without calls still writes', async () => {
    const { server, ana } = twoPeople();
    const bo = person(server, 'text', {
      openPeer: undefined,
      makeCertificate: undefined,
    });
    await meet(ana, bo);
    bo.session.actions.sendText('words only');
    await until(() => ana.state().lines.length === 1, 'the text');
  });

  /** @param {Person} ana @param {Person} bo */
  async function connected(ana, bo) {
    for (const { connections, clock } of [ana, bo]) {
      await until(() => connections.length === 1, 'a connection');
      await clock.advance(500);
    }
    for (const { connections } of [ana, bo]) {
      connections[0]?.setState('connected');
    }
  }
});

describe('integrity', () => {
  /** Whoever finds it first leaves. @param {Person} who */
  async function endsWithIntegrity(who) {
    await at(who, 'ended');
    assert.equal('integrity', who.state().ended?.reason);
    const leaves = who
      .socket()
      .server.sockets.flatMap((socket) => socket.sent('conversation.leave'));
    assert.equal('integrity', leaves[0]?.reason);
  }

  test('a commitment that was changed on the way', async () => {
    const { server, ana, bo } = twoPeople();
    server.intercept = (frame, from) =>
      frame.type === 'e2e.commit' && from === bo.socket()
        ? { ...frame, commitment: 'A'.repeat(43) }
        : frame;
    await ana.session.actions.join();
    await bo.session.actions.join();
    await endsWithIntegrity(ana);
    assert.match(ana.state().ended?.words ?? '', /security check failed/);
    await until(() => ana.state().ended?.receipt !== null, 'the receipt');
  });

  test('a worse suite than both could', async () => {
    const { server, ana, bo } = twoPeople();
    server.nameSuite = () => 2;
    await ana.session.actions.join();
    await bo.session.actions.join();
    await endsWithIntegrity(ana);
  });

  test('a suite that nobody offered', async () => {
    const { server, ana, bo } = twoPeople();
    server.nameSuite = () => 9;
    await ana.session.actions.join();
    await bo.session.actions.join();
    await endsWithIntegrity(bo);
  });

  test('a handshake that is never finished', async () => {
    const { server, clock, ana, bo } = twoPeople();
    server.intercept = (frame) => (frame.type === 'e2e.reveal' ? null : frame);
    await ana.session.actions.join();
    await bo.session.actions.join();
    await at(ana, 'securing');
    await until(() => ana.socket().sent('e2e.reveal').length === 1, 'our reveal');
    await clock.advance(20_000);
    await endsWithIntegrity(ana);
  });

  test('a message changed on the way is not shown', async () => {
    const { server, ana, bo } = await talking();
    server.admit = (record) => {
      record.body[record.body.length - 1] = (record.body.at(-1) ?? 0) ^ 1;
      return true;
    };
    ana.session.actions.sendText('secret');
    await endsWithIntegrity(bo);
    assert.deepEqual([], texts(bo));
  });

  test('a message before the handshake', async () => {
    const { server, ana, bo } = twoPeople();
    server.intercept = (frame) => (frame.type === 'e2e.reveal' ? null : frame);
    await ana.session.actions.join();
    await bo.session.actions.join();
    await at(ana, 'securing');
    ana.socket().pushBytes(encode(0x13, Uint8Array.of(0, 1), new Uint8Array(8)));
    await endsWithIntegrity(ana);
  });

  test('too many signals before the handshake', async () => {
    const { server, ana, bo } = twoPeople();
    server.intercept = (frame) => (frame.type === 'e2e.confirm' ? null : frame);
    await ana.session.actions.join();
    await bo.session.actions.join();
    await at(ana, 'securing');
    const conversation = ana.socket().side?.talk.id;
    for (let count = 0; count <= 128; count += 1) {
      ana.socket().push({ type: 'signal', conversation, candidate: null });
    }
    await endsWithIntegrity(ana);
  });

  test('a second match while in a conversation', async () => {
    const { server, ana, bo } = await talking();
    server.match(ana.socket(), bo.socket());
    await endsWithIntegrity(ana);
    assert.equal(2, ana.socket().sent('conversation.leave').length);
  });

  test('three within an hour warn, also when the server ended them', async () => {
    const { server, ana, bo } = twoPeople();
    server.nameSuite = () => 2;
    for (let times = 1; times <= 3; times += 1) {
      await ana.session.actions.join();
      await at(ana, 'waiting');
      await bo.session.actions.join();
      await bothAt(ana, bo, 'ended');
      assert.equal(times === 3, notices(ana).includes('integrity_repeated'));
    }
    assert.ok(notices(bo).includes('integrity_repeated'));
  });
});

describe('a lost connection', () => {
  test('while waiting: again, and back into the queue', async () => {
    const { server, clock, ana } = twoPeople();
    await ana.session.actions.join();
    await at(ana, 'waiting');
    ana.socket().drop(1006);
    await at(ana, 'connecting');
    await clock.advance(1000);
    await at(ana, 'waiting');
    assert.equal(2, server.sockets.length);
    assert.equal(1, ana.socket().sent('queue.join').length);
  });

  test('after the end nobody reconnects for nothing', async () => {
    const { server, clock, ana, bo } = await talking();
    bo.session.actions.stop();
    await at(ana, 'ended');
    ana.socket().drop(1006);
    await clock.advance(60_000);
    assert.equal('ended', ana.state().stage);
    assert.equal(2, server.sockets.length);
  });

  test('while waiting a newer window takes over: this one says so', async () => {
    const { ana } = twoPeople('voice');
    await ana.session.actions.join();
    await at(ana, 'waiting');
    ana.socket().drop(4409);
    await at(ana, 'failed');
    assert.deepEqual(
      ['taken_over', true],
      [ana.state().problem?.code, ana.state().problem?.canRetry],
    );
    assert.deepEqual([], ana.devices.open());
    await ana.session.actions.rejoin();
    await at(ana, 'waiting');
  });

  test('a suspension names its case', async () => {
    const { ana } = await talking();
    ana
      .socket()
      .push({ type: 'notice', code: 'suspended', text: 'Why', case_code: 'c0de' });
    await until(() => notices(ana).includes('suspended'), 'the notice');
    ana.socket().drop(4403);
    await at(ana, 'failed');
    assert.deepEqual(
      ['suspended', 'c0de'],
      [ana.state().problem?.code, ana.state().problem?.caseCode],
    );
    assert.ok(!ana.state().problem?.canRetry);
  });

  test('a server out of reach is told after some tries', async () => {
    const { server, clock, ana } = twoPeople();
    server.answer = () => {
      throw new TypeError('no network');
    };
    await ana.session.actions.join();
    assert.equal('connecting', ana.state().stage);
    await inTime(clock, () => ana.state().stage === 'failed', 'an end of trying');
    assert.deepEqual(
      ['failed', 'unreachable'],
      [ana.state().stage, ana.state().problem?.code],
    );
  });
});

describe('refusals', () => {
  /** @param {string} code @param {object} [more] */
  async function joinRefusedWith(code, more = {}) {
    const all = twoPeople();
    let refuse = true;
    all.server.intercept = (frame, from) => {
      if (frame.type === 'queue.join' && refuse) {
        refuse = false;
        from.push({ type: 'error', code, message: '', ref: frame.id, ...more });
        return null;
      }
      return frame;
    };
    await all.ana.session.actions.join();
    await until(() => all.ana.socket()?.frames.length > 0, 'the join');
    await settle();
    return all;
  }

  test('a mode that is not open', async () => {
    const { ana } = await joinRefusedWith('mode_not_allowed');
    assert.equal('mode_not_allowed', ana.state().problem?.code);
    assert.ok(ana.socket().closed);
  });

  test('too many joins: asked again when the server says', async () => {
    const { clock, ana } = await joinRefusedWith('rate_limited', {
      retry_after_ms: 700,
    });
    await clock.advance(699);
    assert.equal(1, ana.socket().sent('queue.join').length);
    await clock.advance(1);
    assert.equal(2, ana.socket().sent('queue.join').length);
  });

  test('errors about nothing of ours change nothing', async () => {
    const { ana } = await talking();
    const before = ana.state();
    for (const error of [
      { code: 'not_in_conversation' },
      { code: 'rate_limited', ref: 'x' },
      { code: 'bad_sequence', seq: 1, expected: 0, conversation: 'elsewhere' },
    ]) {
      ana.socket().push({ type: 'error', message: '', ...error });
    }
    await settle();
    assert.equal(before, ana.state());
  });

  test('frames about another conversation change nothing', async () => {
    const { ana } = await talking();
    const before = ana.state();
    const conversation = 'AAAAAAAAAAAAAAAAAAAAAA';
    ana.socket().push({ type: 'typing', conversation, active: true });
    ana.socket().push({
      type: 'conversation.ended',
      conversation,
      reason: 'partner_left',
      receipt: null,
    });
    await settle();
    assert.equal(before, ana.state());
  });

  test('an insecure page says so, and asks for nothing', async () => {
    const { server } = twoPeople();
    for (const instead of [{ secure: false }, { subtle: undefined }]) {
      const ana = person(server, 'video', instead);
      await ana.session.actions.join();
      assert.deepEqual(
        ['insecure', false],
        [ana.state().problem?.code, ana.state().problem?.canRetry],
      );
      assert.deepEqual([[], []], [ana.devices.asked, server.requests]);
    }
  });

  test('a browser that cannot agree on keys says so', async () => {
    const { server } = twoPeople();
    const subtle = /** @type {any} */ ({
      generateKey: () => Promise.reject(new Error()),
    });
    const ana = person(server, 'text', { subtle });
    await ana.session.actions.join();
    assert.equal('unsupported', ana.state().problem?.code);
  });

  test('a route change is shown', async () => {
    const { ana } = await talking();
    const conversation = ana.socket().side?.talk.id;
    ana
      .socket()
      .push({ type: 'route.state', conversation, state: 'relay', version: 2 });
    await until(() => ana.state().route?.state === 'relay', 'the route');
    ana
      .socket()
      .push({ type: 'route.state', conversation, state: 'direct', version: 2 });
    await settle();
    assert.equal('relay', ana.state().route?.state);
  });
});
