import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CALL, RESUME, SOCKET } from '../../../static/js/chat/policy.js';
import { inTime, settle, until } from '../support/clock.js';
import {
  bothAt,
  meet,
  progress,
  talking,
  texts,
  twoPeople,
} from '../support/sessions.js';

/** @import { Person } from '../support/sessions.js' */

/** @param {Person} who */
const own = (who) => who.state().contact.own;
/** @param {Person} who */
const partnerOf = (who) => who.state().contact.partner;
/** @param {Person} who @param {string} stage */
const at = (who, stage) => until(() => who.state().stage === stage, `stage ${stage}`);

/** @param {Person} who @param {number} [code] */
async function cut(who, code = 1006) {
  who.socket().drop(code);
  await until(() => own(who) !== 'here', 'the loss');
}

/** @param {Person} who resumes within the time that the network needs */
async function back(who) {
  await inTime(who.clock, () => own(who) === 'back', 'the return');
}

describe('a socket that is lost', () => {
  test('both are told calmly, and the conversation goes on', async () => {
    const { server, clock, ana, bo } = await talking();
    const lostAt = clock.now();
    await cut(ana, 1012);
    assert.deepEqual(
      ['lost', lostAt + 60_000, 'talking'],
      [own(ana), ana.state().contact.ownUntil, ana.state().stage],
    );
    await until(() => partnerOf(bo) === 'away', 'Bo to know');
    assert.equal(lostAt + 60_000, bo.state().contact.partnerUntil);

    await back(ana);
    await until(() => partnerOf(bo) === 'back', 'Bo to know');
    assert.deepEqual(
      { resume_token: server.talks[0]?.sides[0]?.token },
      server.requests.at(-1)?.body,
    );
    await clock.advance(RESUME.backMs);
    assert.deepEqual(['here', 'here'], [own(ana), partnerOf(bo)]);
    bo.session.actions.sendText('still here');
    await until(() => ana.state().lines.length === 1, 'the text');
  });

  test('the first word on the new one is the resume', async () => {
    const { server, ana, bo } = await talking();
    bo.session.actions.sendText('one');
    await until(() => ana.state().lines.length === 1, 'the text');
    await cut(ana);
    await back(ana);
    const [talk] = server.talks;
    assert.deepEqual(
      {
        type: 'resume',
        conversation: talk?.id,
        resume_token: talk?.sides[0]?.token,
        received: 1,
      },
      ana.socket().frames[0],
    );
  });

  test('what is written meanwhile leaves afterwards, once and in order', async () => {
    const { server, clock, ana, bo } = await talking();
    ana.session.actions.sendText('before');
    await until(() => bo.state().lines.length === 1, 'the text');
    await cut(ana);
    for (const text of ['b', 'c', 'd']) {
      assert.ok(ana.session.actions.sendText(text));
    }
    assert.deepEqual(['queued', 'queued', 'queued'], progress(ana).slice(1));
    bo.session.actions.sendText('to nobody yet');
    await back(ana);
    await inTime(clock, () => ana.state().lines.length === 5, "Bo's text");
    await inTime(clock, () => bo.state().lines.length === 5, "Ana's texts");
    assert.deepEqual(
      ['before', 'b', 'c', 'd'].map((text) => `stranger: ${text}`),
      texts(bo).filter((line) => line.startsWith('stranger')),
    );
    await inTime(
      clock,
      () => progress(ana).every((each) => each === 'received'),
      'receipts',
    );
    assert.deepEqual([], server.faults);
  });

  test('a message that was lost with it is sent again, and shown once', async () => {
    const { server, clock, ana, bo } = await talking();
    ana.socket().silent = true;
    ana.session.actions.sendText('into a dead socket');
    await inTime(clock, () => own(ana) === 'lost', 'the silence');
    ana.socket().noticeSilence();
    await inTime(clock, () => bo.state().lines.length === 1, 'the text');
    assert.deepEqual(['stranger: into a dead socket'], texts(bo));
    assert.deepEqual([[], 2], [server.faults, ana.socket().slots]);
  });

  test('both at once: both return', async () => {
    const { clock, ana, bo } = await talking();
    ana.socket().drop(1006);
    bo.socket().drop(1006);
    ana.session.actions.sendText('across');
    bo.session.actions.sendText('the gap');
    await inTime(clock, () => ana.state().lines.length === 2, "Bo's text");
    await inTime(clock, () => bo.state().lines.length === 2, "Ana's text");
  });

  test('every process died: both say what they have, and go on', async () => {
    const { server, clock, ana, bo } = await talking();
    for (const text of ['a', 'b', 'c']) {
      ana.session.actions.sendText(text);
    }
    await until(() => bo.state().lines.length === 3, 'the texts');
    server.crash();
    ana.session.actions.sendText('d');
    await inTime(clock, () => bo.state().lines.length === 4, 'the text');
    bo.session.actions.sendText('e');
    await inTime(clock, () => ana.state().lines.length === 5, 'the answer');
    assert.deepEqual([[], 'talking'], [server.faults, ana.state().stage]);
  });

  test('again and again: as often as it takes', async () => {
    const { server, clock, ana, bo } = await talking();
    for (let times = 1; times <= 5; times += 1) {
      await cut(times % 2 ? ana : bo);
      ana.session.actions.sendText(`${times}`);
      await inTime(clock, () => bo.state().lines.length === times, `text ${times}`);
      await clock.advance(SOCKET.steadyMs);
    }
    assert.deepEqual([], server.faults);
  });
});

describe('a resume', () => {
  test('without an answer is tried on a fresh socket', async () => {
    const { server, clock, ana } = await talking();
    let deaf = true;
    server.intercept = (frame) => (deaf && frame.type === 'resume' ? null : frame);
    await cut(ana);
    await inTime(clock, () => ana.socket().sent('resume').length === 1, 'the first');
    const first = ana.socket();
    deaf = false;
    await clock.advance(RESUME.answerMs);
    assert.equal('back', own(ana));
    assert.ok(first.closed);
    assert.equal(4, server.sockets.length);
  });

  test('that comes too late is told so', async () => {
    const { server, clock, ana, bo } = await talking();
    await cut(ana);
    server.talks[0]?.end({ A: 'expired', B: 'partner_lost' });
    await inTime(clock, () => ana.state().stage === 'ended', 'the end');
    assert.deepEqual(
      ['expired', 'partner_lost', 'here'],
      [ana.state().ended?.reason, bo.state().ended?.reason, own(ana)],
    );
    await ana.session.actions.rejoin();
    await at(ana, 'waiting');
  });

  test('of what ended meanwhile is told the real reason', async () => {
    const { clock, ana, bo } = await talking();
    await cut(ana);
    bo.session.actions.next('brb');
    await inTime(clock, () => ana.state().stage === 'ended', 'the end');
    assert.deepEqual(
      ['partner_left', 'brb'],
      [ana.state().ended?.reason, ana.state().ended?.farewell],
    );
  });

  test('that is not possible in a minute: an end in words', async () => {
    const { server, clock, ana, bo } = await talking();
    server.answer = () => {
      throw new TypeError('no network');
    };
    await cut(ana);
    await clock.advance(RESUME.windowMs - 1000);
    assert.equal('talking', ana.state().stage);
    await clock.advance(1000);
    assert.deepEqual(
      ['ended', 'expired'],
      [ana.state().stage, ana.state().ended?.reason],
    );
    assert.equal('partner_lost', bo.state().ended?.reason);
    const { length } = server.requests;
    await clock.advance(300_000);
    assert.equal(length, server.requests.length);
  });

  test('that is being answered as the minute ends is waited for', async () => {
    const { server, clock, ana } = await talking();
    const { answer } = server;
    server.answer = () => {
      throw new TypeError('no network');
    };
    /** @type {(() => void)[]} */
    const held = [];
    server.intercept = (frame, from) => {
      if (frame.type !== 'resume') {
        return frame;
      }
      const { conversation } = frame;
      held.push(() =>
        from.push({
          type: 'conversation.ended',
          conversation,
          reason: 'partner_left',
          receipt: null,
        }),
      );
      return null;
    };
    await cut(ana);
    await clock.advance(RESUME.windowMs - 1000);
    server.answer = answer;
    ana.wake();
    await until(() => held.length === 1, 'the resume');
    await clock.advance(2000);
    assert.equal('talking', ana.state().stage);
    held[0]?.();
    await at(ana, 'ended');
    assert.equal('partner_left', ana.state().ended?.reason);
  });

  test('without any answer at all ends, too', async () => {
    const { server, clock, ana } = await talking();
    server.intercept = (frame) => (frame.type === 'resume' ? null : frame);
    await cut(ana);
    await clock.advance(RESUME.windowMs + RESUME.answerMs);
    assert.equal('expired', ana.state().ended?.reason);
  });

  for (const [lie, change] of /** @type {const} */ ([
    ['less than was acknowledged', { accepted: 0, acked: 0 }],
    ['more than was sent', { accepted: 9, acked: 1 }],
  ])) {
    test(`to a relay that has ${lie}: left with integrity`, async () => {
      const { server, clock, ana } = await talking();
      ana.session.actions.sendText('one');
      await inTime(clock, () => progress(ana)[0] === 'received', 'the receipt');
      server.intercept = (frame, from) => {
        if (frame.type !== 'resume') {
          return frame;
        }
        const [talk] = server.talks;
        const [side] = talk?.sides ?? [];
        from.push({
          ...(talk && side && talk.resumed(side)),
          conversation: talk?.id,
          ...change,
        });
        return null;
      };
      await cut(ana);
      await inTime(clock, () => ana.state().stage === 'ended', 'the end');
      assert.equal('integrity', ana.state().ended?.reason);
      assert.equal('integrity', ana.socket().sent('conversation.leave')[0]?.reason);
    });
  }

  test('that nobody asked for changes nothing', async () => {
    const { server, ana } = await talking();
    const [talk] = server.talks;
    const [side] = talk?.sides ?? [];
    ana.session.actions.sendText('one');
    await until(() => ana.socket().messages.length === 1, 'the text');
    const before = ana.state().contact;
    side?.push(talk?.resumed(side) ?? {});
    await settle();
    assert.deepEqual([before, 1], [ana.state().contact, ana.socket().messages.length]);
  });
});

describe('a partner who is away', () => {
  test('hears no typing, and is not shown as typing', async () => {
    const { ana, bo } = await talking();
    bo.session.actions.setTyping(true);
    await until(() => ana.state().partnerTyping, 'typing');
    bo.socket().drop(1006);
    await until(() => partnerOf(ana) === 'away', 'the loss');
    assert.ok(!ana.state().partnerTyping);
    ana.session.actions.setTyping(true);
    bo.session.actions.setTyping(true);
    await settle();
    assert.equal(0, ana.socket().sent('typing').length);
  });

  test('gets everything when back', async () => {
    const { server, clock, ana, bo } = await talking();
    bo.socket().drop(1006);
    await until(() => partnerOf(ana) === 'away', 'the loss');
    ana.session.actions.sendText('when you are back');
    await until(() => progress(ana)[0] === 'stamped', 'the stamp');
    await inTime(clock, () => bo.state().lines.length === 1, 'the text');
    assert.deepEqual([], server.faults);
  });

  test('who does not come back in time ends it', async () => {
    const { clock, ana, bo } = await talking();
    bo.socket().silent = true;
    bo.socket().noticeSilence();
    await until(() => partnerOf(ana) === 'away', 'the loss');
    bo.session.actions.stop();
    await clock.advance(60_000);
    assert.deepEqual(
      ['ended', 'partner_lost'],
      [ana.state().stage, ana.state().ended?.reason],
    );
    assert.equal('here', partnerOf(ana));
  });

  test('is still away for who resumes meanwhile', async () => {
    const { clock, ana, bo, server } = await talking();
    bo.socket().silent = true;
    bo.socket().noticeSilence();
    await until(() => partnerOf(ana) === 'away', 'the loss');
    await cut(ana);
    await back(ana);
    assert.equal('away', partnerOf(ana));
    ana.session.actions.sendText('hello again');
    await inTime(clock, () => bo.state().lines.length === 1, 'the text');
    assert.deepEqual([], server.faults);
  });
});

describe('leaving while away', () => {
  test('next looks for someone new, and the partner hears of it', async () => {
    const { clock, ana, bo } = await talking();
    await cut(ana);
    ana.session.actions.next('good_chat');
    await at(ana, 'connecting');
    await inTime(clock, () => bo.state().stage === 'ended', 'Bo to hear');
    await at(ana, 'waiting');
    const said = ana.socket().frames.map((frame) => frame.type);
    assert.deepEqual(['conversation.leave', 'queue.join'], said);
    assert.deepEqual(
      ['partner_left', 'good_chat'],
      [bo.state().ended?.reason, bo.state().ended?.farewell],
    );
    bo.session.actions.next();
    await bothAt(ana, bo, 'talking');
  });

  test('stop stops at once; the partner hears on the next socket, which closes', async () => {
    const { server, clock, ana, bo } = await talking('voice');
    await cut(ana);
    ana.session.actions.stop();
    assert.deepEqual(['stopped', []], [ana.state().stage, ana.devices.open()]);
    await inTime(clock, () => bo.state().stage === 'ended', 'Bo to hear');
    assert.equal('partner_left', bo.state().ended?.reason);
    assert.ok(ana.socket().closed);
    const { length } = server.sockets;
    await clock.advance(300_000);
    assert.equal(length, server.sockets.length);
  });

  test('after a minute there is nothing to be said any more', async () => {
    const { server, clock, ana } = await talking();
    server.answer = () => {
      throw new TypeError('no network');
    };
    await cut(ana);
    ana.session.actions.stop();
    await clock.advance(RESUME.windowMs);
    const { length } = server.requests;
    await clock.advance(300_000);
    assert.equal(length, server.requests.length);
  });

  test('between hello and the answer it is said with the token', async () => {
    const { server, clock, ana, bo } = await talking();
    server.intercept = (frame) => (frame.type === 'resume' ? null : frame);
    await cut(ana);
    await inTime(clock, () => ana.socket().sent('resume').length === 1, 'the resume');
    ana.session.actions.stop();
    await at(bo, 'ended');
    assert.ok(ana.socket().sent('conversation.leave')[0]?.resume_token);
  });
});

describe('another window', () => {
  test('took over: the conversation waits, and comes back at a press', async () => {
    const { clock, ana, bo, server } = await talking();
    await cut(ana, 4409);
    assert.deepEqual(['elsewhere', 'talking'], [own(ana), ana.state().stage]);
    await clock.advance(20_000);
    assert.equal(2, server.sockets.length);
    ana.session.actions.comeBack();
    assert.equal('lost', own(ana));
    await back(ana);
    ana.session.actions.sendText('here again');
    await until(() => bo.state().lines.length === 1, 'the text');
  });

  test('took over for good: it ends in words, and nothing reconnects', async () => {
    const { clock, ana, server } = await talking();
    await cut(ana, 4409);
    await clock.advance(RESUME.windowMs);
    assert.equal('expired', ana.state().ended?.reason);
    assert.equal(2, server.sockets.length);
    ana.session.actions.comeBack();
    await clock.advance(60_000);
    assert.equal(2, server.sockets.length);
  });

  test('took over, and this one is left: it disturbs nobody with a socket', async () => {
    const { clock, ana, server } = await talking();
    await cut(ana, 4409);
    ana.session.actions.stop();
    await clock.advance(RESUME.windowMs);
    assert.deepEqual(['stopped', 2], [ana.state().stage, server.sockets.length]);
  });
});

describe('before a word was said', () => {
  test('a lost socket leaves, and the search goes on with the same wishes', async () => {
    const { server, clock, ana, bo } = twoPeople();
    server.intercept = (frame) => (frame.type === 'e2e.reveal' ? null : frame);
    await ana.session.actions.join();
    await bo.session.actions.join();
    await at(ana, 'securing');
    await until(() => ana.socket().sent('e2e.reveal').length === 1, 'our reveal');
    ana.socket().drop(1006);
    await at(ana, 'connecting');
    assert.equal('lost', own(ana));
    await at(bo, 'ended');
    await inTime(clock, () => ana.state().stage === 'waiting', 'the queue');
    const said = ana.socket().frames.map((frame) => frame.type);
    assert.deepEqual(['conversation.leave', 'queue.join'], said);
    assert.deepEqual(['jazz'], ana.socket().sent('queue.join')[0]?.interests);
    assert.equal('back', own(ana));
  });

  test('a search is lost and found again, and says so', async () => {
    const { clock, ana, bo } = twoPeople();
    await ana.session.actions.join();
    await at(ana, 'waiting');
    ana.socket().drop(1006);
    await at(ana, 'connecting');
    assert.deepEqual(['lost', null], [own(ana), ana.state().contact.ownUntil]);
    await inTime(clock, () => ana.state().stage === 'waiting', 'the queue');
    assert.equal('back', own(ana));
    await bo.session.actions.join();
    await bothAt(ana, bo, 'talking');
  });

  test('a network without sockets is named, and gone when one opens', async () => {
    const { server, clock, ana, bo } = twoPeople();
    server.opens = 'hangs';
    await ana.session.actions.join();
    await settle();
    await clock.advance(5000);
    assert.deepEqual(
      [true, 'connecting'],
      [ana.state().contact.blocked, ana.state().stage],
    );
    server.opens = true;
    await inTime(clock, () => ana.state().stage === 'waiting', 'the queue');
    assert.ok(!ana.state().contact.blocked);
    await bo.session.actions.join();
    await bothAt(ana, bo, 'talking');
  });
});

describe('a page that sleeps', () => {
  test('finds out on waking, and resumes', async () => {
    const { clock, ana, bo } = await talking();
    ana.socket().silent = true;
    ana.socket().noticeSilence();
    clock.time += 10_000;
    ana.wake();
    await inTime(clock, () => own(ana) === 'back', 'the return');
    bo.session.actions.sendText('good morning');
    await until(() => ana.state().lines.length === 1, 'the text');
  });

  test('too long: the end is told as soon as it wakes', async () => {
    const { clock, ana } = await talking();
    await cut(ana);
    clock.time += 600_000;
    ana.wake();
    await at(ana, 'ended');
    assert.equal('expired', ana.state().ended?.reason);
  });
});

describe('a call', () => {
  /** @param {Person} ana @param {Person} bo */
  async function connected(ana, bo) {
    for (const { connections, clock } of [ana, bo]) {
      await until(() => connections.length === 1, 'a connection');
      await clock.advance(CALL.yieldMs);
    }
    for (const { connections } of [ana, bo]) {
      connections[0]?.setState('connected');
    }
  }

  test('goes on while the socket is away', async () => {
    const { clock, ana, bo } = await talking('voice');
    await connected(ana, bo);
    await until(() => ana.state().remote.audio, 'sound');
    await cut(ana);
    assert.deepEqual(
      [true, 'connected', ['audio'], false],
      [
        ana.state().remote.audio,
        ana.state().connection,
        ana.devices.open(),
        ana.connections[0]?.closed,
      ],
    );
    await back(ana);
    await clock.advance(CALL.refreshMs);
    assert.deepEqual(
      [0, 0],
      [ana.connections[0]?.restarts, bo.connections[0]?.restarts],
    );
  });

  test('that broke meanwhile is restarted by either side', async () => {
    const { clock, ana, bo } = await talking('voice');
    await connected(ana, bo);
    await cut(ana);
    ana.connections[0]?.setState('failed');
    bo.connections[0]?.setState('disconnected');
    await back(ana);
    await clock.advance(CALL.refreshMs);
    assert.deepEqual(
      [1, 1],
      [ana.connections[0]?.restarts, bo.connections[0]?.restarts],
    );
    const [server] = ana.connections[0]?.getConfiguration().iceServers ?? [];
    assert.equal('stun:fresh', server?.urls);
  });

  test('is put down at once, and the server hears of it afterwards', async () => {
    const { clock, ana, bo } = await talking('voice');
    await connected(ana, bo);
    await cut(ana);
    ana.session.actions.stepDown('text');
    assert.deepEqual([], ana.devices.open());
    await back(ana);
    await inTime(clock, () => bo.state().ladder?.step === 'text', 'Bo to hear');
    assert.equal('text', ana.state().ladder?.step);
  });

  test('that was asked for: the question closes with the socket', async () => {
    const { clock, ana, bo } = await talking();
    await ana.session.actions.propose('voice');
    await until(() => bo.state().ladder?.proposal !== null, 'the question');
    await cut(bo);
    assert.equal(null, bo.state().ladder?.proposal);
    await bo.session.actions.accept();
    await inTime(clock, () => ana.state().ladder?.proposal === null, 'the end of it');
    await back(bo);
    assert.deepEqual([[], []], [ana.devices.open(), bo.devices.open()]);
    assert.deepEqual(
      ['text', 'text'],
      [ana.state().ladder?.step, bo.state().ladder?.step],
    );
  });

  test('agreed to as the socket went: the device opens for it all the same', async () => {
    const { server, ana, bo } = await talking();
    await ana.session.actions.propose('voice');
    await until(() => bo.state().ladder?.proposal !== null, 'the question');
    server.intercept = (frame, from) => {
      if (frame.type === 'ladder.accept') {
        from.silent = true;
      }
      return frame;
    };
    await bo.session.actions.accept();
    await until(() => ana.state().ladder?.step === 'voice', 'the answer');
    server.intercept = (frame) => frame;
    bo.socket().drop(1006);
    await back(bo);
    assert.deepEqual(
      ['voice', ['audio']],
      [bo.state().ladder?.step, bo.devices.open()],
    );
  });

  test('asked for while away is not possible, and opens nothing', async () => {
    const { ana } = await talking();
    await cut(ana);
    await ana.session.actions.propose('voice');
    assert.deepEqual([], ana.devices.open());
  });
});

test('two people meet again after all of it, and nothing of the first is left', async () => {
  const { clock, ana, bo } = await talking();
  await cut(ana);
  await back(ana);
  ana.session.actions.stop();
  await at(bo, 'ended');
  bo.session.actions.stop();
  await clock.advance(RESUME.backMs);
  await meet(ana, bo);
  assert.deepEqual([[], 'here', 'here'], [texts(ana), own(ana), partnerOf(ana)]);
});
