import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  encodeClientFrame,
  parseServerFrame,
  unreachable,
  WireError,
} from '../../../static/js/chat/wire.js';

/** @param {unknown} frame */
const parse = (frame) => parseServerFrame(JSON.stringify(frame));

const TIME = '2026-11-22T04:00:00.000Z';
const CONVERSATION = { conversation: 'AAAAAAAAAAAAAAAAAAAAAA' };
const LIMITS = {
  unacked: 32,
  burst: 8,
  per_second: 2,
  interests: 10,
  resume_window_seconds: 0,
  frame_bytes: 65536,
};
const MATCHED = {
  type: 'conversation.matched',
  ...CONVERSATION,
  slot: 1,
  role: 'A',
  polite: false,
  mode: 'text',
  handle: 'Own',
  partner: { handle: 'Theirs', badges: [], languages: ['en'] },
  shared_interests: ['jazz'],
  suite: 1,
  kid: 7,
  conversation_token: 'AAAA',
  resume_token: 'BBBB',
  ladder: { step: 'text', max: 'clear', version: 1 },
  route: { state: 'direct', relay_available: false, version: 1 },
  ice_servers: [
    { urls: ['stun:a'] },
    { urls: 'turn:b', username: 'u', credential: 'c' },
  ],
};
const REVEAL = {
  type: 'e2e.reveal',
  ...CONVERSATION,
  suites: 'AQI',
  suite: 1,
  public_key: 'AA',
  fingerprint: 'AA',
  random: 'AA',
};

const GOOD = [
  {
    type: 'hello',
    modes: ['text'],
    limits: LIMITS,
    server_time: TIME,
    build: 'x',
    features: [],
  },
  { type: 'queue.waiting', waiting: 0, expected_seconds: null, since: TIME },
  {
    type: 'queue.waiting',
    waiting: 3,
    expected_seconds: { p50: 1.5, p90: 9 },
    since: TIME,
  },
  { type: 'queue.left' },
  MATCHED,
  { ...MATCHED, partner: { ...MATCHED.partner, region: 'eu' } },
  { type: 'e2e.commit', ...CONVERSATION, commitment: 'AA' },
  REVEAL,
  { type: 'e2e.confirm', ...CONVERSATION, mac: 'AA' },
  { type: 'signal', ...CONVERSATION, description: { type: 'offer', sdp: 'v=0' } },
  { type: 'signal', ...CONVERSATION, candidate: null },
  { type: 'signal', ...CONVERSATION, candidate: { candidate: '', sdpMLineIndex: 0 } },
  { type: 'ice.servers', ...CONVERSATION, ice_servers: [], expires_in_seconds: 60 },
  { type: 'ladder.state', ...CONVERSATION, step: 'voice', max: 'clear', version: 2 },
  {
    type: 'ladder.state',
    ...CONVERSATION,
    step: 'text',
    max: 'clear',
    version: 2,
    proposal: { step: 'voice', by: 'you', expires_in_seconds: 30 },
  },
  { type: 'route.state', ...CONVERSATION, state: 'relay', version: 2 },
  { type: 'typing', ...CONVERSATION, active: true },
  { type: 'conversation.ended', ...CONVERSATION, reason: 'expired', receipt: null },
  {
    type: 'conversation.ended',
    ...CONVERSATION,
    reason: 'partner_left',
    farewell: 'brb',
    receipt: { started: TIME, ended: TIME, kept: [] },
  },
  { type: 'notice', code: 'drain', text: 'soon' },
  { type: 'pong', t: 'whatever' },
  {
    type: 'error',
    code: 'rate_limited',
    message: 'x',
    seq: 3,
    expected: 2,
    retry_after_ms: 400,
  },
];

describe('frames of the server', () => {
  for (const frame of GOOD) {
    test(`${frame.type} is read`, () => {
      assert.deepEqual(frame, parse(frame));
    });

    test(`${frame.type} with one more field is read`, () => {
      assert.deepEqual({ ...frame, later: 1 }, parse({ ...frame, later: 1 }));
    });
  }

  test('an unknown type is no frame', () => {
    assert.equal(null, parse({ type: 'conversation.sung' }));
    assert.equal(null, parse({ type: 'constructor' }));
    assert.equal(null, parse({ type: 7 }));
    assert.equal(null, parse({}));
  });

  test('what is not a JSON object is refused', () => {
    for (const data of ['', '{', '[]', 'null', '7', '"hello"']) {
      assert.throws(() => parseServerFrame(data), WireError, data);
    }
  });

  const BAD = [
    { type: 'hello' },
    { ...MATCHED, role: 'C' },
    { ...MATCHED, slot: -1 },
    { ...MATCHED, slot: 1.5 },
    { ...MATCHED, suite: '1' },
    { ...MATCHED, partner: null },
    { ...MATCHED, partner: { handle: 'x' } },
    { ...MATCHED, ladder: { step: 'loud', max: 'clear', version: 1 } },
    { ...MATCHED, ice_servers: [{ urls: 7 }] },
    { ...REVEAL, suites: [1, 2] },
    { type: 'queue.waiting', waiting: 1, since: TIME },
    { type: 'queue.waiting', waiting: 1, expected_seconds: null, since: 'soon' },
    { type: 'typing', ...CONVERSATION, active: 1 },
    { type: 'conversation.ended', ...CONVERSATION, reason: 'bored', receipt: null },
    { type: 'conversation.ended', ...CONVERSATION, reason: 'left' },
    { type: 'error', code: 7, message: '' },
  ];
  for (const [index, frame] of BAD.entries()) {
    test(`a wrong field is refused (${frame.type}, ${index})`, () => {
      assert.throws(() => parse(frame), WireError);
    });
  }
});

test('client frames are JSON', () => {
  assert.equal('{"type":"ping","t":5}', encodeClientFrame({ type: 'ping', t: 5 }));
});

test('an impossible case throws', () => {
  assert.throws(() => unreachable(/** @type {never} */ ({})), WireError);
});

describe('a misspelt message type', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));

  /** @param {string} file @param {string} right @param {string} wrong */
  function compiled(file, right, wrong) {
    const copy = mkdtempSync(join(tmpdir(), 'misspelt-'));
    try {
      cpSync(join(root, 'static/js/chat'), join(copy, 'static/js/chat'), {
        recursive: true,
      });
      cpSync(join(root, 'static/js/lib'), join(copy, 'static/js/lib'), {
        recursive: true,
      });
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
      for (const name of ['tsconfig.json', 'package.json']) {
        cpSync(join(root, name), join(copy, name));
      }
      const path = join(copy, 'static/js/chat', file);
      const source = readFileSync(path, 'utf8');
      assert.ok(source.includes(right), `${file} has ${right}`);
      writeFileSync(path, source.replace(right, wrong));
      return run(copy);
    } finally {
      rmSync(copy, { recursive: true });
    }
  }

  /** @param {string} folder @returns {string} what tsc complains about */
  function run(folder) {
    const tsc = join(root, 'node_modules/.bin/tsc');
    try {
      execFileSync(tsc, ['-p', folder], { encoding: 'utf8' });
      return '';
    } catch (error) {
      return String(/** @type {any} */ (error).stdout);
    }
  }

  const PLACES = /** @type {const} */ ([
    ['hearing.js', "case 'queue.left':", "case 'queue.lefft':"],
    ['conversation.js', "case 'typing':", "case 'typping':"],
    ['conversation.js', "type: 'conversation.leave'", "type: 'conversation.leaf'"],
    ['wire.js', "'queue.left': {}", "'queue.gone': {}"],
  ]);
  for (const [file, right, wrong] of PLACES) {
    test(`${wrong} in ${file} does not compile`, () => {
      const complaints = compiled(file, right, wrong);
      assert.match(complaints, new RegExp(`${file}.*error TS`));
    });
  }
});
