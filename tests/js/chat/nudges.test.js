/** What holds for every kind of finding, and lines in which there is nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bech32Holds,
  ibanHolds,
  luhnHolds,
} from '../../../static/js/chat/nudges/checks.js';
import { fold } from '../../../static/js/chat/nudges/fold.js';
import { findingsIn, statesYoungAge } from '../../../static/js/chat/nudges.js';

/** The longest message, in letters. */
const LONGEST = 4_000;

const ORDINARY = [
  'hello, where are you from?',
  "I'm from Lisbon, it is 23:15 here",
  'the match ended 3-2 after 120 minutes',
  'I have 2 sisters, 15 and 17, and a dog',
  'my grandmother turned 90 in 2019',
  'I read 12 books last year, e.g. Moby-Dick',
  'node.js or script.py? readme.md says both',
  'so tired. me too.',
  'I work from 9 to 5, sometimes 9-6',
  'give me a second, the kettle boils',
  'do you like chess? I am about 1500 on a good day',
  'we drove 1200 km in 13 hours',
  'send me the name of that song',
  '¿de dónde eres? yo soy de Quito, a 2850 m de altura',
  'tengo 2 gatos y 15 plantas',
  'me gusta el cine de los años 80',
  'moro no Recife há 15 anos',
  'você gosta de café? eu tomo 4 por dia',
  "j'habite près de la mer depuis 15 ans",
  'tu fais quoi ce soir ? il est 20 h 30',
  'ich lese gerade 1984, Seite 151',
  'am 3.10. fahre ich nach Wien, 2 Tage',
  'मुझे चाय पसंद है, दिन में 3 बार',
  'मैं दिल्ली से हूँ, और तुम?',
  '東京に住んでいます。3年目です',
  '今は17時です。眠い',
  '🙂 👍 ❤️',
  '',
];

for (const line of ORDINARY) {
  test(`nothing in: ${line}`, () => {
    assert.deepEqual(findingsIn(line), []);
  });
}

test('findings come in the order of the text, and their spans are of the text', () => {
  const text = 'café: ana@example.org, +44 7700 900123 – DE89 3704 0044 0532 0130 00';

  assert.deepEqual(
    findingsIn(text).map(({ code, start, end }) => [code, text.slice(start, end)]),
    [
      ['email', 'ana@example.org'],
      ['phone', '+44 7700 900123'],
      ['iban', 'DE89 3704 0044 0532 0130 00'],
    ],
  );
});

test('what belongs to a link or an address is not found again inside it', () => {
  const codes = (/** @type {string} */ text) =>
    findingsIn(text).map(({ code }) => code);

  assert.deepEqual(codes('https://example.com/555-123-4567?to=ana@example.org'), [
    'link',
  ]);
  assert.deepEqual(codes('5551234567@example.com'), ['email']);
});

test('a sentence can hold several kinds', () => {
  const codes = findingsIn("I'm 15, add me on snap: ana_15, please send me $20").map(
    ({ code }) => code,
  );

  assert.deepEqual(new Set(codes), new Set(['under_age', 'elsewhere', 'money']));
});

test('only an age of their own makes a writer young', () => {
  assert.equal(statesYoungAge("I'm 16"), true);
  assert.equal(statesYoungAge('my dog is 16'), false);
});

test('folding keeps the length, so that places stay', () => {
  for (const text of ['José ’s ０９０−１', '१५ ٣ ๓', 'が ﬁ ½ 🙂 İ ß', 'e\u0301']) {
    assert.equal(fold(text).length, text.length);
  }
  assert.equal(fold('Año １５ – ९'), 'Ano 15 - 9');
  assert.equal(fold('がぎ'), 'がぎ');
});

test('check digits are checked', () => {
  assert.equal(luhnHolds('4111111111111111'), true);
  assert.equal(luhnHolds('4111111111111121'), false);
  assert.equal(ibanHolds('DE89370400440532013000'), true);
  assert.equal(ibanHolds('DE89370400440532013010'), false);
  assert.equal(bech32Holds('bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'), true);
  assert.equal(bech32Holds('bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdb'), false);
});

const HOSTILE = [
  'a',
  '1',
  '1 ',
  '1-',
  ' ',
  '\n',
  'a.',
  'a@',
  "i'm only ",
  'calle a ',
  '東京都',
];

for (const piece of [
  ...HOSTILE,
  'インスタ',
  'five ',
  'please send me ',
  'www.',
  'DE89 ',
]) {
  test(`a message made to waste time is soon done: ${JSON.stringify(piece)}`, () => {
    const began = performance.now();
    findingsIn(piece.repeat(LONGEST / piece.length));

    assert.ok(performance.now() - began < 3_000);
  });
}
