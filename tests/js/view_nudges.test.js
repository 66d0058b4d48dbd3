/** What the view says about an age, and that it has words for everything. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createAgeNotices } from '../../static/js/chat/view/age_notices.js';
import { nudgeWords } from '../../static/js/chat/view/words/nudges.js';

/** @typedef {import('../../static/js/chat/nudges.js').NudgeCode} NudgeCode */

const words = nudgeWords((message) => message);

/** @param {'you' | 'stranger'} who @param {string} text */
const aLine = (who, text) => ({ key: `${who} ${text}`, who, kind: 'text', text });

/** @param {object[]} lines @param {object} [state] */
const talking = (lines, state = {}) =>
  /** @type {import('../../static/js/chat/types.js').State} */ (
    /** @type {unknown} */ ({
      stage: 'talking',
      partner: { handle: 'Quiet Heron' },
      lines,
      ...state,
    })
  );

/** @param {{key: string}[]} notices */
const keys = (notices) => notices.map(({ key }) => key);

test('an age under 18 brings a notice, whoever wrote it', () => {
  const ages = createAgeNotices(words);

  assert.deepEqual(ages.of(talking([aLine('you', 'hello')])), []);
  assert.deepEqual(keys(ages.of(talking([aLine('stranger', "I'm 15")]))), [
    'under-age-stranger',
  ]);
  assert.deepEqual(keys(ages.of(talking([aLine('you', 'tengo 16 años')]))), [
    'under-age-you',
  ]);
});

test('it is said once for each person, until it is understood', () => {
  const ages = createAgeNotices(words);
  const lines = [aLine('stranger', "I'm 15"), aLine('stranger', 'im 15 lol')];

  assert.equal(ages.of(talking(lines)).length, 1);
  assert.equal(ages.dismiss('under-age-stranger'), true);
  assert.deepEqual(ages.of(talking(lines)), []);
  assert.deepEqual(keys(ages.of(talking([...lines, aLine('you', 'im 16')]))), [
    'under-age-you',
  ]);
});

test('another partner is another matter, and after the end it is none', () => {
  const ages = createAgeNotices(words);
  const lines = [aLine('stranger', "I'm 15")];
  ages.of(talking(lines));
  ages.dismiss('under-age-stranger');

  assert.equal(ages.of(talking(lines, { partner: { handle: 'Blue Fox' } })).length, 1);
  assert.deepEqual(ages.of(talking(lines, { stage: 'ended' })), []);
});

test('other notices are not its own', () => {
  assert.equal(createAgeNotices(words).dismiss('17'), false);
});

test('every kind of finding has its own words', () => {
  /** @type {NudgeCode[]} */
  const codes = [
    ...['email', 'phone', 'address', 'elsewhere', 'link', 'under_age'],
    ...['card', 'iban', 'crypto', 'payment', 'gift_card', 'money'],
  ].map((code) => /** @type {NudgeCode} */ (code));
  const said = codes.map(words.holdReason);

  assert.equal(new Set(said).size, codes.length);
  assert.equal(said.includes(''), false);
});

test('a domain is said as it is, whatever signs it has', () => {
  assert.equal(words.openLink('a$&.example'), 'Open a$&.example in a new tab');
});
