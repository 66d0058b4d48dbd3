import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createConsent } from '../../../static/js/chat/consent.js';
import {
  carriedAt,
  entryStep,
  fateOfProposal,
  isAbove,
  KINDS,
  lower,
  STEPS,
} from '../../../static/js/chat/ladder.js';
import { beginningRoute, routeAfter } from '../../../static/js/chat/route.js';

/** @import { Kind } from '../../../static/js/chat/ladder.js' */
/** @import { Step } from '../../../static/js/chat/types.js' */

/** @param {Step} [step] @param {Step} [max] */
function ladderAt(step = 'text', max = 'clear') {
  /** @type {string[]} */
  const log = [];
  /** @type {Set<Kind>} */
  const open = new Set(carriedAt(step));
  /** @type {Kind[]} */
  let wanted = [];
  let willing = true;
  let version = 1;
  const consent = createConsent({
    beginning: { step, max, version },
    media: {
      open: async (kinds) => {
        wanted.push(...kinds);
        await Promise.resolve();
        for (const kind of willing
          ? kinds.filter((each) => wanted.includes(each))
          : []) {
          open.add(kind);
        }
        return kinds.every((kind) => open.has(kind));
      },
      release: (kinds) => {
        wanted = wanted.filter((kind) => !kinds.includes(kind));
        for (const kind of kinds) {
          open.delete(kind);
        }
      },
    },
    now: () => 0,
    send: (move) => log.push(`${move.type} ${move.step}`),
    onLadder: (ladder) => log.push(`at ${ladder.step}`),
    onStep: (ceiling) => log.push(`up to ${ceiling}`),
    onNotice: (code) => log.push(code),
  });
  /** @param {Step} to @param {object} [more] */
  const news = (to, more = {}) => {
    version += 1;
    consent.news({
      type: 'ladder.state',
      conversation: '',
      step: to,
      max,
      version,
      ...more,
    });
  };
  return {
    consent,
    news,
    /** @param {Step} at @param {Step} to @param {'you' | 'partner'} by */
    proposed: (at, to, by) =>
      news(at, { proposal: { step: to, by, expires_in_seconds: 30 } }),
    refuseDevices: () => {
      willing = false;
    },
    log: () => log.splice(0),
    open: () => KINDS.filter((kind) => open.has(kind)),
  };
}

describe('going up', () => {
  test('the device opens before anything is proposed', async () => {
    const { consent, log, open } = ladderAt();
    const proposing = consent.propose('voice');
    assert.deepEqual([], log());
    await proposing;
    assert.deepEqual(['ladder.propose voice'], log());
    assert.deepEqual(['audio'], open());
  });

  test('without the device nothing is proposed or accepted', async () => {
    const page = ladderAt();
    page.refuseDevices();
    await page.consent.propose('voice');
    page.proposed('text', 'voice', 'partner');
    page.log();
    await page.consent.accept();
    assert.deepEqual([], page.log());
    assert.deepEqual([], page.open());
  });

  test('accepting opens the device, answers, and sends only when the ladder has risen', async () => {
    const { consent, proposed, news, log, open } = ladderAt();
    proposed('text', 'blurred', 'partner');
    assert.deepEqual(['at text', 'up to text'], log());
    await consent.accept();
    assert.deepEqual(['ladder.accept blurred'], log());
    assert.equal('text', consent.ceiling());
    news('blurred');
    assert.deepEqual(['at blurred', 'up to blurred'], log());
    assert.deepEqual(['audio', 'video'], open());
  });

  test('a step that is not above, or above what may be, is not proposed', async () => {
    const { consent, log } = ladderAt('voice', 'blurred');
    await consent.propose('voice');
    await consent.propose('text');
    await consent.propose('clear');
    assert.deepEqual(['not_possible', 'not_possible', 'not_possible'], log());
  });

  test('a decline closes the device again and is told', async () => {
    const { consent, proposed, news, log, open } = ladderAt();
    await consent.propose('voice');
    proposed('text', 'voice', 'you');
    assert.deepEqual(['audio'], open());
    log();
    news('text');
    assert.deepEqual(['at text', 'up to text', 'declined'], log());
    assert.deepEqual([], open());
  });

  test('two who propose the same to each other meet there', async () => {
    const { consent, proposed, news, open } = ladderAt();
    const proposing = consent.propose('voice');
    proposed('text', 'voice', 'partner');
    await proposing;
    assert.deepEqual(['audio'], open());
    news('voice');
    assert.deepEqual(['audio'], open());
    assert.equal('voice', consent.ceiling());
  });

  test('a proposal that lapsed while the browser asked is not accepted', async () => {
    const { consent, proposed, news, log, open } = ladderAt();
    proposed('text', 'voice', 'partner');
    log();
    const accepting = consent.accept();
    news('text');
    await accepting;
    assert.ok(!log().includes('ladder.accept voice'));
    assert.deepEqual([], open());
  });

  test('a move the server did not take closes the device and is told', async () => {
    const { consent, log, open } = ladderAt();
    await consent.propose('voice');
    log();
    consent.refused();
    assert.deepEqual(['not_possible'], log());
    assert.deepEqual([], open());
  });

  test('answers need the partner to have asked', async () => {
    const { consent, proposed, log } = ladderAt();
    await consent.accept();
    consent.decline();
    proposed('text', 'voice', 'you');
    log();
    await consent.accept();
    consent.decline();
    assert.deepEqual([], log());
    proposed('text', 'voice', 'partner');
    log();
    consent.decline();
    assert.deepEqual(['ladder.decline voice'], log());
  });

  test('nothing is said once the conversation is over', async () => {
    const { consent, log } = ladderAt();
    const proposing = consent.propose('voice');
    consent.close();
    await proposing;
    assert.deepEqual([], log());
  });
});

describe('going down', () => {
  test('sending stops before a word goes out', () => {
    const { consent, log, open } = ladderAt('clear');
    consent.stepDown('voice');
    assert.deepEqual(['up to voice', 'ladder.down voice'], log());
    assert.deepEqual(['audio'], open());
  });

  test('a rise that crosses on the way does not send again', () => {
    const { consent, proposed, news } = ladderAt('blurred');
    proposed('blurred', 'clear', 'you');
    consent.stepDown('voice');
    news('clear');
    assert.equal('voice', consent.ceiling());
    news('voice');
    assert.equal('voice', consent.ceiling());
    news('clear');
    assert.equal('clear', consent.ceiling());
  });

  test('up is not down', () => {
    const { consent, log } = ladderAt('voice');
    consent.stepDown('voice');
    consent.stepDown('clear');
    assert.deepEqual([], log());
  });

  test('the partner may go down too, and devices close', () => {
    const { news, open } = ladderAt('clear');
    news('text');
    assert.deepEqual([], open());
  });

  test('old news is ignored', () => {
    const { consent, news, log } = ladderAt('clear');
    news('voice');
    log();
    consent.news({
      type: 'ladder.state',
      conversation: '',
      step: 'clear',
      max: 'clear',
      version: 2,
    });
    assert.deepEqual([], log());
    assert.equal('voice', consent.ceiling());
  });
});

describe('the ladder itself', () => {
  test('what each step carries', () => {
    assert.deepEqual(
      [[], ['audio'], ['audio', 'video'], ['audio', 'video']],
      STEPS.map(carriedAt),
    );
  });

  test('where each mode begins', () => {
    assert.deepEqual(
      ['text', 'voice', 'blurred'],
      /** @type {const} */ (['text', 'voice', 'video']).map(entryStep),
    );
  });

  test('its order', () => {
    assert.ok(isAbove('clear', 'blurred') && !isAbove('voice', 'voice'));
    assert.equal('voice', lower('voice', 'clear'));
    assert.equal('text', lower('clear', 'text'));
  });

  test('what became of a proposal', () => {
    const at = (/** @type {any} */ proposal, /** @type {Step} */ step = 'text') =>
      /** @type {const} */ ({ step, max: 'clear', version: 1, proposal });
    const mine = { step: 'voice', by: 'you', expiresAt: 30_000 };
    assert.equal('declined', fateOfProposal(at(mine), at(null), 5_000));
    assert.equal('unanswered', fateOfProposal(at(mine), at(null), 29_500));
    assert.equal(null, fateOfProposal(at(mine), at(null, 'voice'), 5_000));
    assert.equal(null, fateOfProposal(at({ ...mine, by: 'partner' }), at(null), 5_000));
    assert.equal(null, fateOfProposal(at(mine), at(mine), 5_000));
  });

  test('a route changes only with a higher version', () => {
    const route = beginningRoute({ state: 'relay', relay_available: true, version: 2 });
    const news = (/** @type {number} */ version) =>
      routeAfter(route, { state: 'direct', version });
    assert.equal(null, news(2));
    assert.deepEqual({ state: 'direct', relayAvailable: true, version: 3 }, news(3));
  });
});
