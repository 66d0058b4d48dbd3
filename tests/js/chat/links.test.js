/** Links: what is one, where it says it leads, and what is never opened. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { linksIn, partsOf } from '../../../static/js/chat/nudges/links.js';

/** @type {readonly [string, string, string, string][]} text, link as written, domain, href */
const LINKS = [
  [
    'see https://example.com/a?b=c#d',
    'https://example.com/a?b=c#d',
    'example.com',
    'https://example.com/a?b=c#d',
  ],
  ['http://example.com', 'http://example.com', 'example.com', 'https://example.com/'],
  [
    'HTTPS://EXAMPLE.com/X',
    'HTTPS://EXAMPLE.com/X',
    'example.com',
    'https://example.com/X',
  ],
  [
    'go to www.example.de now',
    'www.example.de',
    'www.example.de',
    'https://www.example.de/',
  ],
  ['example.com.', 'example.com', 'example.com', 'https://example.com/'],
  ['(example.org/a)', 'example.org/a', 'example.org', 'https://example.org/a'],
  [
    'https://example.org/a_(b)',
    'https://example.org/a_(b)',
    'example.org',
    'https://example.org/a_(b)',
  ],
  ['is it example.co.uk?', 'example.co.uk', 'example.co.uk', 'https://example.co.uk/'],
  [
    'youtu.be/dQw4w9WgXcQ',
    'youtu.be/dQw4w9WgXcQ',
    'youtu.be',
    'https://youtu.be/dQw4w9WgXcQ',
  ],
  ['discord.gg/abc, come', 'discord.gg/abc', 'discord.gg', 'https://discord.gg/abc'],
  ['wa.me/447700900123', 'wa.me/447700900123', 'wa.me', 'https://wa.me/447700900123'],
  ['これexample.comです', 'example.com', 'example.com', 'https://example.com/'],
  [
    'https://аpple.com',
    'https://аpple.com',
    'xn--pple-43d.com',
    'https://xn--pple-43d.com/',
  ],
];

for (const [text, written, domain, href] of LINKS) {
  test(`a link: ${text}`, () => {
    const [link, ...more] = linksIn(text);
    assert.deepEqual([link?.text, link?.domain, link?.href], [written, domain, href]);
    assert.deepEqual(more, []);
    assert.equal(text.slice(link?.start, link?.end), written);
  });
}

const TEXT = [
  'node.js and script.py and readme.md',
  'so tired.me too',
  'e.g. this, i.e. that',
  'vou no mercado.eu sei',
  "c'est bien.ca va",
  'wait...what',
  'v1.2.3',
  'ana@example.com',
  'javascript:alert(1)',
  'data:text/html,hello',
  'ftp://example.com/file',
  'https://',
  'https://localhost/admin',
  'https://printer.local/',
  'http://192.168.1.1/reboot',
  'https://0x7f000001/',
  'https://[::1]/',
  'https://bank.example@evil.com/',
  'https://user:word@example.com/',
  'https://hidden.onion/',
  'https://intranet',
  'оexample.com',
];

for (const text of TEXT) {
  test(`no link: ${text}`, () => {
    assert.deepEqual(linksIn(text), []);
  });
}

test('parts put together again are the text', () => {
  const text = 'one https://example.com/a, two www.example.org\nthree';
  const parts = partsOf(text);

  assert.equal(parts.map((part) => part.text).join(''), text);
  assert.deepEqual(
    parts.map(({ kind, domain }) => [kind, domain]),
    [
      ['text', ''],
      ['link', 'example.com'],
      ['text', ''],
      ['link', 'www.example.org'],
      ['text', ''],
    ],
  );
});

test('text without a link is one part, and nothing is no part', () => {
  assert.deepEqual(partsOf('hello'), [
    { kind: 'text', text: 'hello', domain: '', href: '' },
  ]);
  assert.deepEqual(partsOf(''), []);
});

test('every link is opened over https, whatever was written', () => {
  for (const text of ['http://example.com', 'www.example.com', 'example.com']) {
    assert.match(linksIn(text)[0]?.href ?? '', /^https:\/\//);
  }
});
