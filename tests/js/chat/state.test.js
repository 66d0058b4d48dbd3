import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endedOf, problemOf } from '../../../static/js/chat/ending.js';
import { TALK } from '../../../static/js/chat/policy.js';
import { joinFrame, problemOfJoin } from '../../../static/js/chat/queue.js';
import { createSpeech } from '../../../static/js/chat/speech.js';
import { initialState, reduce } from '../../../static/js/chat/state.js';
import { createStore } from '../../../static/js/chat/store.js';
import { createTyping } from '../../../static/js/chat/typing.js';
import { createWords } from '../../../static/js/chat/words.js';
import { FakeClock } from '../support/clock.js';

/** @import { StateEvent } from '../../../static/js/chat/state.js' */
/** @import { Line, Preferences } from '../../../static/js/chat/types.js' */

const words = createWords((message) => message);

const MATCHED = /** @type {const} */ ({
  type: 'matched',
  handle: 'Own',
  partner: { handle: 'Theirs', badges: [], languages: [], region: null },
  shared: ['jazz'],
  mode: 'voice',
  ladder: { step: 'voice', max: 'clear', version: 1, proposal: null },
  route: { state: 'direct', relayAvailable: false, version: 1 },
});

/** @param {Partial<Line>} [line] @returns {StateEvent} */
const wrote = (line = {}) => ({
  type: 'line',
  line: {
    key: 'you-0',
    who: 'you',
    kind: 'text',
    text: 'x',
    target: null,
    state: 'queued',
    at: 0,
    ...line,
  },
});

/** @param {...StateEvent} events */
const after = (...events) => events.reduce(reduce, initialState('text'));

/** @param {string} code */
const notice = (code, text = code) =>
  /** @type {const} */ ({ type: 'noticed', notice: { key: code, code, words: text } });

describe('state', () => {
  test('nothing at first', () => {
    const state = initialState('video');
    assert.deepEqual(['idle', 'video', []], [state.stage, state.mode, state.lines]);
  });

  test('events replace the state and never change it', () => {
    const before = Object.freeze(initialState('text'));
    const state = reduce(before, { type: 'preparing' });
    assert.notEqual(before, state);
    assert.equal('idle', before.stage);
  });

  test('waiting numbers are for those who wait', () => {
    const waiting = { others: 3, expected: null, since: 5 };
    const news = /** @type {const} */ ({ type: 'waiting', waiting });
    assert.deepEqual(waiting, after({ type: 'queued' }, news).waiting);
    assert.equal(null, after({ type: 'queued' }, MATCHED, news).waiting);
    assert.deepEqual(
      waiting,
      after({ type: 'queued' }, news, { type: 'queued' }).waiting,
    );
  });

  test('a match tells who, what is shared, and where the ladder begins', () => {
    const { type: _, ...known } = MATCHED;
    assert.deepEqual(
      { ...initialState('voice'), ...known, stage: 'securing' },
      after(MATCHED),
    );
  });

  test('a new match forgets everything of the one before', () => {
    const state = after(
      MATCHED,
      { type: 'secured', safetyCode: [{ emoji: '🐝', name: 'bee' }] },
      { type: 'compared' },
      wrote(),
      { type: 'typing', active: true },
      { type: 'remote', remote: { audio: true, video: true, blurred: true } },
      { type: 'connection', connection: 'connected' },
      { type: 'ended', ended: endedOf({ reason: 'left', receipt: null }, words) },
      MATCHED,
    );
    assert.deepEqual(after(MATCHED), state);
  });

  test('the end keeps words and partner, and takes the call', () => {
    const state = after(MATCHED, wrote(), {
      type: 'ended',
      ended: endedOf({ reason: 'partner_left', receipt: null }, words),
    });
    assert.equal('ended', state.stage);
    assert.equal(1, state.lines.length);
    assert.equal('Theirs', state.partner?.handle);
    assert.deepEqual([null, 'new'], [state.ladder, state.connection]);
    assert.equal(0, reduce(state, { type: 'forgotten' }).lines.length);
  });

  test('a receipt that comes later is added', () => {
    const ended = endedOf({ reason: 'integrity', receipt: null }, words);
    const receipt = { startedAt: 1, endedAt: 2, kept: [] };
    assert.deepEqual(
      receipt,
      after({ type: 'ended', ended }, { type: 'receipt', receipt }).ended?.receipt,
    );
    assert.equal(null, after({ type: 'receipt', receipt }).ended);
  });

  test('lines go forward only', () => {
    const to = (/** @type {Line['state']} */ state) =>
      /** @type {const} */ ({ type: 'progress', keys: ['you-0'], state });
    const line = (/** @type {StateEvent[]} */ ...events) =>
      after(wrote(), ...events).lines[0]?.state;
    assert.equal('stamped', line(to('sent'), to('stamped'), to('sent')));
    assert.equal('received', line(to('received'), to('stamped')));
    assert.equal('queued', line({ type: 'progress', keys: ['you-1'], state: 'sent' }));
  });

  test('only so many lines are kept, the latest', () => {
    let state = initialState('text');
    for (let seq = 0; seq <= TALK.lines; seq += 1) {
      state = reduce(state, wrote({ key: `you-${seq}` }));
    }
    assert.equal(TALK.lines, state.lines.length);
    assert.equal('you-1', state.lines[0]?.key);
  });

  test('of two notices about one thing the later is kept', () => {
    const state = after(notice('a', 'old'), notice('b'), notice('a', 'new'));
    assert.deepEqual(
      ['b', 'new'],
      state.notices.map((each) => each.words),
    );
    const dismissed = reduce(state, { type: 'dismissed', key: 'b' });
    assert.deepEqual(
      ['new'],
      dismissed.notices.map((each) => each.words),
    );
  });

  test('stopping and failing keep nothing of the conversation', () => {
    const problem = problemOf('unreachable', words);
    for (const event of /** @type {StateEvent[]} */ ([
      { type: 'stopped' },
      { type: 'failed', problem },
      { type: 'idle' },
      { type: 'preparing' },
      { type: 'connecting' },
    ])) {
      const state = after(MATCHED, wrote(), event);
      assert.deepEqual([[], null, null], [state.lines, state.partner, state.handle]);
    }
    assert.deepEqual(problem, after({ type: 'failed', problem }).problem);
  });

  test('the store tells listeners what became of it', () => {
    const store = createStore('text');
    /** @type {string[]} */
    const stages = [];
    const stop = store.subscribe(({ stage }) => stages.push(stage));
    store.dispatch({ type: 'preparing' });
    store.dispatch({ type: 'mode', mode: 'voice' });
    stop();
    store.dispatch({ type: 'stopped' });
    assert.deepEqual(['preparing', 'preparing'], stages);
    assert.deepEqual(['stopped', 'voice'], [store.get().stage, store.get().mode]);
  });
});

describe('words', () => {
  const REASONS = /** @type {const} */ ([
    'left',
    'partner_left',
    'partner_lost',
    'expired',
    'moderated',
    'integrity',
  ]);
  const PROBLEMS = /** @type {const} */ ([
    'insecure',
    'unsupported',
    'unreachable',
    'visitor_required',
    'age_required',
    'admission_required',
    'suspended',
    'taken_over',
    'not_this_protocol',
    'overloaded',
    'mode_not_allowed',
  ]);
  const NOTICES = /** @type {const} */ ([
    'declined',
    'unanswered',
    'not_possible',
    'too_long',
    'too_fast',
    'compare_aloud',
    'integrity_repeated',
    'call_failed',
  ]);

  test('every ending, problem and notice has a calm sentence of its own', () => {
    const sentences = [
      ...REASONS.map((reason) => words.ended(reason, null)),
      ...PROBLEMS.map((code) => words.problem(code)),
      ...NOTICES.map((code) => words.notice(code)),
    ];
    assert.equal(sentences.length, new Set(sentences).size);
    for (const sentence of sentences) {
      assert.match(sentence, /^[A-Z][^!]+\.$/);
      assert.doesNotMatch(sentence, /\b(relay|peer|ICE|WebSocket|error)\b/i);
    }
  });

  test('a farewell is said after the ending', () => {
    assert.match(
      words.ended('partner_left', 'brb'),
      /^Your partner left\. .*right back/,
    );
  });

  test('every sentence can be translated', () => {
    const translated = createWords((message) => `<${message}>`);
    assert.match(translated.ended('left', null), /^<.*>$/);
    assert.match(translated.problem('insecure'), /^<.*>$/);
    assert.match(translated.notice('too_long'), /^<.*>$/);
    assert.match(translated.device(['audio'], 'busy'), /^<.*>$/);
  });

  test('an ending with its receipt', () => {
    const receipt = {
      started: '2026-11-22T04:00:00.000Z',
      ended: '2026-11-22T04:01:00Z',
      kept: ['a'],
    };
    const ended = endedOf({ reason: 'left', farewell: null, receipt }, words);
    assert.equal(
      60_000,
      (ended.receipt?.endedAt ?? 0) - (ended.receipt?.startedAt ?? 0),
    );
    assert.deepEqual(['a'], ended.receipt?.kept);
  });

  test('some problems may pass, others need something else first', () => {
    assert.ok(problemOf('unreachable', words).canRetry);
    assert.ok(!problemOf('age_required', words).canRetry);
    assert.equal('c0de', problemOf('suspended', words, 'c0de').caseCode);
  });
});

describe('queue', () => {
  /** @type {Preferences} */
  const PREFERENCES = { mode: 'text', interests: ['jazz'], languages: ['en'] };

  test('what is not said is not sent', () => {
    assert.deepEqual(
      {
        type: 'queue.join',
        id: 'join',
        mode: 'text',
        interests: ['jazz'],
        languages: ['en'],
        suites: [2],
      },
      joinFrame({ ...PREFERENCES, region: null, strictness: null }, [2]),
    );
  });

  test('what is said is sent', () => {
    const frame = joinFrame(
      { ...PREFERENCES, region: 'eu', regions: ['eu', 'na'], strictness: 'open' },
      [1, 2],
    );
    assert.deepEqual(
      ['eu', ['eu', 'na'], 'open', [1, 2]],
      [frame.region, frame.regions, frame.strictness, frame.suites],
    );
  });

  test('strict about nothing is no demand', () => {
    const strict = /** @type {const} */ ({ ...PREFERENCES, strictness: 'strict' });
    assert.equal('strict', joinFrame(strict, [1]).strictness);
    const nothing = { ...strict, interests: [], languages: [] };
    assert.equal('balanced', joinFrame(nothing, [1]).strictness);
  });

  test('refusals of a join', () => {
    assert.deepEqual(
      ['mode_not_allowed', 'suspended', 'overloaded', 'not_this_protocol'],
      ['mode_not_allowed', 'suspended', 'internal', 'bad_frame'].map(problemOfJoin),
    );
  });
});

describe('typing', () => {
  function typist() {
    const clock = new FakeClock();
    /** @type {string[]} */
    const log = [];
    const typing = createTyping({
      platform: clock,
      send: (active) => log.push(`we ${active}`),
      onPartner: (active) => log.push(`they ${active}`),
    });
    return { clock, typing, log };
  }

  test('is told when it begins, now and then, and when it ends', async () => {
    const { clock, typing, log } = typist();
    typing.set(true);
    typing.set(true);
    await clock.advance(TALK.typingEveryMs - 1);
    typing.set(true);
    assert.deepEqual(['we true'], log);
    await clock.advance(1);
    typing.set(true);
    typing.set(false);
    typing.set(false);
    assert.deepEqual(['we true', 'we true', 'we false'], log);
  });

  test('is over with the message', () => {
    const { typing, log } = typist();
    typing.set(true);
    typing.sent();
    typing.set(false);
    assert.deepEqual(['we true'], log);
  });

  test('of the partner lapses', async () => {
    const { clock, typing, log } = typist();
    typing.partner(true);
    await clock.advance(TALK.typingLastsMs - 1);
    typing.partner(true);
    await clock.advance(TALK.typingLastsMs - 1);
    assert.deepEqual(['they true', 'they true'], log);
    await clock.advance(1);
    assert.equal('they false', log.at(-1));
    typing.partner(true);
    typing.close();
    await clock.advance(TALK.typingLastsMs);
    assert.equal('they true', log.at(-1));
  });
});

describe('speech', () => {
  function speaker(room = true) {
    /** @type {string[]} */
    const log = [];
    const say = createSpeech({
      now: () => 5,
      write: ({ key, body }) => {
        log.push(`${key}: ${body.length}`);
        return room;
      },
      onLine: (line) => log.push(`${line.key} ${line.state} ${line.at}`),
      onNotice: (code) => log.push(code),
    });
    return { say, log };
  }

  test('a line is numbered in the order of writing', () => {
    const { say, log } = speaker();
    assert.ok(say('a') && say('é'));
    assert.deepEqual(['you-0: 1', 'you-0 queued 5', 'you-1: 2', 'you-1 queued 5'], log);
  });

  test('nothing is not said', () => {
    const { say, log } = speaker();
    assert.ok(!say('') && !say(' \n\t'));
    assert.deepEqual([], log);
  });

  test('4000 bytes are the most', () => {
    const { say, log } = speaker();
    assert.ok(say('é'.repeat(2000)));
    assert.ok(!say(`${'é'.repeat(2000)}x`));
    assert.equal('too_long', log.at(-1));
  });

  test('what cannot be kept is not taken, and takes no number', () => {
    const { say, log } = speaker(false);
    assert.ok(!say('a') && !say('b'));
    assert.deepEqual(['you-0: 1', 'too_fast', 'you-0: 1', 'too_fast'], log);
  });
});
