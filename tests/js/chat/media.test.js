import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMedia } from '../../../static/js/chat/media.js';
import { createWords } from '../../../static/js/chat/words.js';
import { settle } from '../support/clock.js';
import { fakePage } from '../support/platform.js';

/** @import { Kind } from '../../../static/js/chat/ladder.js' */
/** @import { MediaState, Platform } from '../../../static/js/chat/types.js' */

const BOTH = /** @type {const} */ (['audio', 'video']);
const words = createWords((message) => message);

/** @param {Partial<Platform>} [instead] */
function devicesOf(instead = {}) {
  const { platform, devices } = fakePage({ instead });
  /** @type {MediaState[]} */
  const changes = [];
  const onChange = (/** @type {MediaState} */ state) => void changes.push(state);
  return { devices, changes, media: createMedia({ platform, words, onChange }) };
}

describe('opening', () => {
  test('camera and microphone open with one question', async () => {
    const { media, devices, changes } = devicesOf();

    assert.ok(await media.open(BOTH));

    assert.equal(1, devices.asked.length);
    assert.deepEqual({ microphone: 'on', camera: 'on', problem: null }, media.state());
    assert.deepEqual(media.state(), changes.at(-1));
    assert.equal(2, media.stream()?.getTracks().length);
  });

  test('what is open is not asked for again', async () => {
    const { media, devices } = devicesOf();
    await media.open(['audio']);
    await Promise.all([media.open(BOTH), media.open(BOTH)]);

    assert.deepEqual([['audio'], ['video']], devices.asked.map(Object.keys));
  });

  test('nothing wanted, nothing asked', async () => {
    const { media, devices } = devicesOf();
    assert.ok(await media.open([]));
    assert.deepEqual([], devices.asked);
  });

  test('what comes after it was given back is closed at once', async () => {
    const { media, devices } = devicesOf();
    let allow = () => {};
    devices.answer = () =>
      new Promise((resolve) => {
        allow = resolve;
      });
    const opening = media.open(BOTH);
    await settle();
    media.release(BOTH);
    allow();

    assert.ok(!(await opening));
    assert.deepEqual([], devices.open());
    assert.equal(null, media.stream());
  });
});

describe('every refusal is told in words', () => {
  const REFUSALS = /** @type {const} */ ([
    ['NotAllowedError', 'denied'],
    ['AbortError', 'busy'],
    ['SecurityError', 'forbidden'],
    ['InvalidStateError', 'inactive'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
    ['OverconstrainedError', 'unfit'],
    ['TypeError', 'unknown'],
    ['SurpriseError', 'unknown'],
  ]);
  for (const [name, trouble] of REFUSALS) {
    for (const kind of BOTH) {
      test(`${name}, ${kind}`, async () => {
        const { media, devices } = devicesOf();
        devices.refuse(name);

        assert.ok(!(await media.open([kind])));

        assert.equal(words.device([kind], trouble), media.state().problem);
        assert.ok(!media.ready([kind]));
        assert.equal(1, devices.asked.length);
      });
    }
  }

  test('on an insecure page nothing is asked', async () => {
    for (const instead of [{ secure: false }, { devices: undefined }]) {
      const { media, devices } = devicesOf(instead);
      assert.ok(!(await media.open(BOTH)));
      assert.equal(words.device(BOTH, 'insecure'), media.state().problem);
      assert.deepEqual([], devices.asked);
    }
  });

  test('what is not an Error is a refusal too', async () => {
    const { media, devices } = devicesOf();
    devices.answer = () => Promise.reject('no');
    await media.open(['audio']);
    assert.equal(words.device(['audio'], 'unknown'), media.state().problem);
  });

  test('every sentence is there, and no two are alike', () => {
    const troubles = /** @type {const} */ ([
      'denied',
      'missing',
      'busy',
      'unfit',
      'forbidden',
      'insecure',
      'inactive',
      'lost',
      'unknown',
    ]);
    const sentences = troubles.flatMap((trouble) => [
      words.device(['audio'], trouble),
      words.device(['video'], trouble),
      words.device(BOTH, trouble),
    ]);
    assert.equal(27, new Set(sentences).size);
    assert.ok(sentences.every((sentence) => /^[A-Z][^!]+\.$/.test(sentence)));
  });
});

describe('one device of two', () => {
  /** @param {Kind} broken @param {string} name */
  function with_(broken, name) {
    const setting = devicesOf();
    setting.devices.answer = async (constraints) => {
      if (broken in constraints) {
        throw new DOMException('', name);
      }
    };
    return setting;
  }

  test('without a camera the microphone still opens, and the words say so', async () => {
    const { media, devices } = with_('video', 'NotFoundError');

    assert.ok(!(await media.open(BOTH)));

    assert.deepEqual(
      { microphone: 'on', camera: 'off', problem: words.device(['video'], 'missing') },
      media.state(),
    );
    assert.deepEqual(['audio'], devices.open());
  });

  test('without a microphone the camera still opens', async () => {
    const { media } = with_('audio', 'NotReadableError');
    await media.open(BOTH);
    assert.deepEqual(['off', 'on'], [media.state().microphone, media.state().camera]);
  });

  test('without either, each is named', async () => {
    const { media, devices } = devicesOf();
    devices.refuse('NotFoundError');
    await media.open(BOTH);
    const expected = BOTH.map((kind) => words.device([kind], 'missing')).join(' ');
    assert.equal(expected, media.state().problem);
  });

  test('who said no is not asked a second time', async () => {
    const { media, devices } = devicesOf();
    devices.refuse('NotAllowedError');
    await media.open(BOTH);
    assert.equal(1, devices.asked.length);
    assert.equal(words.device(BOTH, 'denied'), media.state().problem);
  });

  test('a microphone that was allowed before opens although the camera may not', async () => {
    const { media, devices } = with_('video', 'NotAllowedError');
    devices.permissions = { microphone: 'granted', camera: 'denied' };
    await media.open(BOTH);

    assert.deepEqual([BOTH, ['audio']], devices.asked.map(Object.keys));
    assert.equal(words.device(['video'], 'denied'), media.state().problem);
    assert.equal('on', media.state().microphone);
  });

  test('a later yes takes the problem away', async () => {
    const { media, devices } = devicesOf();
    devices.refuse('NotAllowedError');
    await media.open(['audio']);
    devices.allow();
    assert.ok(await media.open(['audio']));
    assert.equal(null, media.state().problem);
  });
});

describe('while open', () => {
  test('mute keeps the microphone and silences it', async () => {
    const { media } = devicesOf();
    await media.open(['audio']);
    media.toggleMicrophone();
    assert.deepEqual(
      ['muted', false],
      [media.state().microphone, media.track('audio')?.enabled],
    );
    media.toggleMicrophone();
    assert.deepEqual(
      ['on', true],
      [media.state().microphone, media.track('audio')?.enabled],
    );
  });

  test('a microphone that opens again while muted stays silent', async () => {
    const { media } = devicesOf();
    await media.open(['audio']);
    media.toggleMicrophone();
    media.release(['audio']);
    await media.open(['audio']);
    assert.deepEqual(
      ['muted', false],
      [media.state().microphone, media.track('audio')?.enabled],
    );
  });

  test('camera off really closes it, and on opens it again', async () => {
    const { media, devices } = devicesOf();
    await media.open(BOTH);
    await media.toggleCamera();
    assert.deepEqual(['audio'], devices.open());
    assert.equal('paused', media.state().camera);
    assert.equal(null, media.track('video'));
    assert.ok(media.ready(BOTH));
    await media.toggleCamera();
    assert.equal('on', media.state().camera);
    assert.deepEqual(['audio', 'video'], devices.open());
  });

  test('toggling what was never open does nothing', async () => {
    const { media, devices, changes } = devicesOf();
    media.toggleMicrophone();
    await media.toggleCamera();
    assert.deepEqual([], changes);
    assert.deepEqual([], devices.asked);
  });

  test('a device that is unplugged is told in words', async () => {
    const { media, devices } = devicesOf();
    await media.open(BOTH);
    devices.given[1]?.fail();
    assert.deepEqual(
      { microphone: 'on', camera: 'off', problem: words.device(['video'], 'lost') },
      media.state(),
    );
  });

  test('closing on purpose is no problem to speak of', async () => {
    const { media, devices } = devicesOf();
    await media.open(BOTH);
    media.release(BOTH);
    for (const track of devices.given) {
      track.fail();
    }
    assert.deepEqual(
      { microphone: 'off', camera: 'off', problem: null },
      media.state(),
    );
  });

  test('giving back a paused camera forgets the pause', async () => {
    const { media } = devicesOf();
    await media.open(['video']);
    await media.toggleCamera();
    media.release(['video']);
    assert.equal('off', media.state().camera);
    assert.ok(!media.ready(['video']));
  });
});
