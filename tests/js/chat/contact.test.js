/** Who is reached, and the one line that says so. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createContact } from '../../../static/js/chat/contact.js';
import { RESUME } from '../../../static/js/chat/policy.js';
import { initialState, NEAR } from '../../../static/js/chat/state.js';
import { contactOf, contactUntil } from '../../../static/js/chat/view/reading.js';
import { createWords } from '../../../static/js/chat/view/words.js';
import { FakeClock } from '../support/clock.js';

/** @import { Contact, Stage, State } from '../../../static/js/chat/types.js' */

const words = createWords((message) => message);

function told() {
  const clock = new FakeClock();
  const news = { latest: NEAR };
  const contact = createContact(clock, (now) => {
    news.latest = now;
  });
  return { clock, contact, now: () => news.latest };
}

/** @param {Partial<Contact>} contact @param {Stage} [stage] @returns {State} */
const showing = (contact, stage = 'talking') => ({
  ...initialState('text'),
  stage,
  contact: { ...NEAR, ...contact },
});

describe('being told', () => {
  test('back is said for a moment, after a loss only', async () => {
    const { clock, contact, now } = told();
    contact.back();
    contact.partnerBack();
    assert.deepEqual(NEAR, now());
    contact.lost(60);
    contact.partnerAway(70);
    assert.deepEqual(['lost', 60, 'away', 70], Object.values(now()).slice(0, 4));
    contact.back();
    contact.partnerBack();
    assert.deepEqual(['back', null, 'back', null], Object.values(now()).slice(0, 4));
    await clock.advance(RESUME.backMs);
    assert.deepEqual(NEAR, now());
  });

  test('a new loss is not greeted away', async () => {
    const { clock, contact, now } = told();
    contact.lost(60);
    contact.back();
    await clock.advance(RESUME.backMs - 1);
    contact.lost(90);
    await clock.advance(1);
    assert.deepEqual(['lost', 90], [now().own, now().ownUntil]);
  });

  test('how long the partner is waited for stays known', () => {
    const { contact, now } = told();
    contact.partnerAway(70);
    contact.partnerAway(null);
    assert.equal(70, now().partnerUntil);
  });

  test('a blockade outlasts the conversation that it hindered', () => {
    const { contact, now } = told();
    contact.lost(60);
    contact.blocked(true);
    contact.clear();
    assert.deepEqual({ ...NEAR, blocked: true }, now());
  });
});

describe('what is shown', () => {
  test('of several truths the one that matters most', () => {
    /** @type {[Partial<Contact>, string][]} */
    const cases = [
      [{}, 'here'],
      [{ partner: 'away' }, 'partner-away'],
      [{ partner: 'back' }, 'partner-back'],
      [{ own: 'back', partner: 'away' }, 'back'],
      [{ own: 'lost', partner: 'away' }, 'lost'],
      [{ own: 'lost', blocked: true }, 'blocked'],
      [{ own: 'elsewhere', blocked: true }, 'elsewhere'],
    ];
    assert.deepEqual(
      cases.map(([, kind]) => kind),
      cases.map(([contact]) => contactOf(showing(contact))),
    );
  });

  test('nothing where no connection is needed', () => {
    for (const stage of /** @type {const} */ (['idle', 'ended', 'stopped', 'failed'])) {
      assert.equal('here', contactOf(showing({ own: 'lost', blocked: true }, stage)));
    }
    assert.equal('blocked', contactOf(showing({ blocked: true }, 'connecting')));
  });

  test('the time that belongs to it', () => {
    const both = { ownUntil: 1, partnerUntil: 2 };
    assert.equal(1, contactUntil(showing({ ...both, own: 'lost' })));
    assert.equal(2, contactUntil(showing({ ...both, partner: 'away' })));
    assert.equal(null, contactUntil(showing({ ...both, own: 'back' })));
    assert.equal(null, contactUntil(showing({ own: 'lost' }, 'connecting')));
  });

  test('each in a calm sentence of its own, without the seconds', () => {
    /** @type {Partial<Contact>[]} */
    const contacts = [
      { partner: 'away', partnerUntil: 5 },
      { partner: 'back' },
      { own: 'back' },
      { own: 'lost', ownUntil: 5 },
      { own: 'elsewhere', ownUntil: 5 },
      { blocked: true },
    ];
    const said = contacts.map((contact) => words.contact(showing(contact)));
    for (const stage of /** @type {const} */ (['connecting', 'waiting'])) {
      const own = stage === 'waiting' ? 'back' : 'lost';
      said.push(words.contact(showing({ own }, stage)));
    }
    assert.equal(said.length, new Set(said).size);
    for (const sentence of said) {
      assert.match(sentence, /^[A-Z][^!]+\.$/);
      assert.doesNotMatch(sentence, /\d|\b(relay|peer|ICE|WebSocket|socket|error)\b/i);
    }
    assert.equal('', words.contact(showing({})));
  });

  test('seconds never below none', () => {
    assert.deepEqual(
      ['', '42 s', '0 s'],
      [null, 42, -3].map((left) => words.seconds(left)),
    );
  });
});
