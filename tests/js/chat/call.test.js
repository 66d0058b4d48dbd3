import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { arrivedIn, createArrivalWatch } from '../../../static/js/chat/arrivals.js';
import { createCall } from '../../../static/js/chat/call.js';
import { CALL, HANDSHAKE } from '../../../static/js/chat/policy.js';
import { settle } from '../support/clock.js';
import { FakeTrack } from '../support/devices.js';
import { FakeCertificate } from '../support/peers.js';
import { fakePage } from '../support/platform.js';

/** @import { Kind } from '../../../static/js/chat/ladder.js' */
/** @import { Outgoing } from '../../../static/js/chat/peer.js' */
/** @import { FakeStream } from '../support/devices.js' */
/** @import { FakePeerConnection } from '../support/peers.js' */

const PRINT = new Uint8Array(32).fill(7);

/** @param {Partial<import('../../../static/js/chat/call.js').CallOptions>} [given] */
function callOf(given = {}) {
  const { platform, clock, connections } = fakePage();
  /** @type {Map<Kind, FakeTrack>} */
  const devices = new Map([
    ['audio', new FakeTrack('audio')],
    ['video', new FakeTrack('video')],
  ]);
  /** @type {string[]} */
  const log = [];
  /** @type {Outgoing[]} */
  const signals = [];
  /** @type {any} */
  let remote = null;
  const call = createCall({
    platform,
    polite: false,
    certificate: /** @type {any} */ (new FakeCertificate(PRINT)),
    fingerprint: PRINT,
    iceServers: [],
    relayOnly: false,
    media: { track: (kind) => /** @type {any} */ (devices.get(kind) ?? null) },
    send: (signal) => signals.push(signal),
    refresh: () => log.push('refresh'),
    onRemote: (state) => {
      remote = state;
    },
    onConnection: (state) => log.push(state),
    onFailed: () => log.push('gave up'),
    onIntegrity: (error) => log.push(error.rule),
    ...given,
  });
  const connection = () => /** @type {FakePeerConnection} */ (connections[0]);
  return {
    call,
    clock,
    connections,
    connection,
    devices,
    log,
    signals,
    remote: () => remote,
    sending: () =>
      connection().transceivers.flatMap(({ sender }) => sender.track?.kind ?? []),
    shown: () => /** @type {FakeStream} */ (/** @type {any} */ (call.stream())).kinds(),

    /** @param {...Kind} kinds the partner's */
    partnerSends(...kinds) {
      for (const kind of kinds) {
        const transceiver = { currentDirection: 'sendrecv' };
        connection().ontrack?.({ track: new FakeTrack(kind), transceiver });
      }
    },

    /** @param {Kind} kind @param {number} packetsReceived so far */
    arrived(kind, packetsReceived) {
      connection().stats.set(kind, { type: 'inbound-rtp', kind, packetsReceived });
    },
  };
}

describe('while signals do not pass', () => {
  /** A call in which both have agreed. */
  async function agreed() {
    const all = callOf();
    all.call.update('voice');
    await settle();
    const sdp = all.connection().localDescription?.sdp ?? '';
    all.call.receive({ description: { type: 'answer', sdp } });
    await settle();
    all.connection().setState('connected');
    all.log.splice(0);
    return all;
  }

  test('the call is left alone, and nothing is asked for', async () => {
    const { call, connection, clock, log } = await agreed();
    call.pause();
    await clock.advance(60_000);
    assert.deepEqual([], log);
    assert.deepEqual([0, false], [connection().restarts, connection().closed]);
    call.goOn();
    await clock.advance(CALL.refreshMs);
    assert.deepEqual([[], 0], [log, connection().restarts]);
  });

  for (const state of /** @type {const} */ (['disconnected', 'failed'])) {
    test(`${state} meanwhile: restarted as soon as they do`, async () => {
      const { call, connection, clock, log } = await agreed();
      call.pause();
      connection().setState(state);
      await clock.advance(60_000);
      assert.equal(0, connection().restarts);
      call.goOn([{ urls: 'stun:fresh' }]);
      assert.equal('refresh', log.at(-1));
      await clock.advance(CALL.refreshMs);
      assert.equal(1, connection().restarts);
      assert.deepEqual(
        [{ urls: 'stun:fresh' }],
        connection().getConfiguration().iceServers,
      );
    });
  }

  test('healed meanwhile: nothing to restart', async () => {
    const { call, connection, clock } = await agreed();
    call.pause();
    connection().setState('disconnected');
    connection().setState('connected');
    call.goOn();
    await clock.advance(60_000);
    assert.equal(0, connection().restarts);
  });

  test('a restart that waits for servers is made up for', async () => {
    const { call, connection, clock, log } = await agreed();
    connection().setState('failed');
    call.pause();
    await clock.advance(60_000);
    assert.equal(0, connection().restarts);
    call.goOn();
    await clock.advance(CALL.refreshMs);
    assert.deepEqual(
      [1, 2],
      [connection().restarts, log.filter((said) => said === 'refresh').length],
    );
  });

  test('another route waits until they do', async () => {
    const { call, connection, clock } = await agreed();
    call.pause();
    call.reroute(true);
    await clock.advance(60_000);
    assert.equal(0, connection().restarts);
    call.goOn();
    await clock.advance(CALL.refreshMs);
    assert.equal('relay', connection().getConfiguration().iceTransportPolicy);
  });

  test('an offer that got no answer is said again', async () => {
    const { call, signals } = callOf();
    call.update('voice');
    await settle();
    const offers = () => signals.filter((signal) => 'description' in signal);
    call.pause();
    call.goOn();
    await settle();
    assert.equal(2, offers().length);
    assert.deepEqual(offers()[0], offers()[1]);
  });

  test('before there is a call nothing is to be done', async () => {
    const { call, log, connections } = callOf();
    call.pause();
    call.goOn();
    await settle();
    assert.deepEqual([[], []], [log, connections]);
  });
});

describe('what is sent', () => {
  test('nothing at text: not even a connection, so no address', async () => {
    const { call, connections, signals } = callOf();
    call.update('text');
    call.receive({ description: { type: 'offer', sdp: '' } });
    await settle();
    assert.deepEqual([[], []], [connections, signals]);
    assert.equal(null, call.stream());
  });

  test('sound from voice, the picture from blurred', async () => {
    const { call, sending } = callOf();
    call.update('voice');
    await settle();
    assert.deepEqual(['audio'], sending());
    call.update('blurred');
    await settle();
    assert.deepEqual(['audio', 'video'], sending());
    call.update('clear');
    assert.deepEqual(['audio', 'video'], sending());
  });

  test('going down stops sending at once', async () => {
    const { call, sending } = callOf();
    call.update('clear');
    await settle();
    call.update('voice');
    assert.deepEqual(['audio'], sending());
    call.update('text');
    assert.deepEqual([], sending());
  });

  test('what a device no longer gives is no longer sent', async () => {
    const { call, devices, sending } = callOf();
    call.update('blurred');
    await settle();
    devices.delete('video');
    call.mediaChanged();
    assert.deepEqual(['audio'], sending());
  });

  test('with the certificate of the conversation, through the relay if so agreed', () => {
    const iceServers = [{ urls: 'stun:a' }];
    const { call, connection } = callOf({ relayOnly: true, iceServers });
    call.update('voice');
    const { configuration } = connection();
    assert.equal('relay', configuration.iceTransportPolicy);
    assert.deepEqual(iceServers, configuration.iceServers);
    assert.equal(1, configuration.certificates?.length);
  });

  test('no connection without a certificate on both sides', () => {
    for (const given of [{ certificate: null }, { fingerprint: new Uint8Array(32) }]) {
      const { call, connections } = callOf(given);
      call.update('clear');
      assert.deepEqual([], connections);
    }
  });
});

describe('what is shown', () => {
  test('what the ladder carries, once it is connected', () => {
    const { call, connection, partnerSends, remote, shown } = callOf();
    call.update('blurred');
    partnerSends('audio', 'video');
    assert.deepEqual({ audio: false, video: false, blurred: false }, remote());
    connection().setState('connected');
    assert.deepEqual({ audio: true, video: true, blurred: true }, remote());
    assert.deepEqual(['audio', 'video'], shown());
    call.update('clear');
    assert.deepEqual({ audio: true, video: true, blurred: false }, remote());
  });

  test('nothing above the ladder, even if it comes', () => {
    const { call, connection, partnerSends, remote, shown } = callOf();
    call.update('voice');
    connection().setState('connected');
    partnerSends('audio', 'video');
    assert.deepEqual({ audio: true, video: false, blurred: false }, remote());
    assert.deepEqual(['audio'], shown());
    call.update('text');
    assert.deepEqual([], shown());
  });

  test('no picture that has stopped coming', () => {
    const { call, connection, remote, shown } = callOf();
    call.update('blurred');
    connection().setState('connected');
    const transceiver = { currentDirection: 'sendrecv' };
    connection().ontrack?.({ track: new FakeTrack('video'), transceiver });
    assert.ok(remote().video);
    transceiver.currentDirection = 'sendonly';
    connection().onsignalingstatechange?.();
    assert.ok(!remote().video);
    assert.deepEqual([], shown());
  });

  test('nothing of a track that ended, and nothing after the end', () => {
    const { call, connection, remote } = callOf();
    call.update('voice');
    connection().setState('connected');
    const track = new FakeTrack('audio');
    connection().ontrack?.({ track, transceiver: { currentDirection: 'recvonly' } });
    assert.ok(remote().audio);
    track.fail();
    assert.ok(!remote().audio);
    call.end();
    connection().ontrack?.({
      track: new FakeTrack('audio'),
      transceiver: { currentDirection: 'recvonly' },
    });
    assert.ok(!remote().audio);
  });
});

describe('media above the ladder', () => {
  test('for two seconds is integrity', async () => {
    const { call, clock, log, arrived } = callOf();
    call.update('voice');
    for (let packets = 1; packets <= 4; packets += 1) {
      arrived('video', packets);
      await clock.advance(CALL.lookEveryMs);
      assert.deepEqual([], log);
    }
    arrived('video', 5);
    await clock.advance(CALL.lookEveryMs);
    assert.deepEqual(['ladder'], log);
  });

  test('that stops in time was only late', async () => {
    const { call, clock, log, arrived } = callOf();
    call.update('clear');
    arrived('video', 100);
    call.update('voice');
    arrived('video', 150);
    await clock.advance(CALL.lookEveryMs);
    arrived('video', 180);
    await clock.advance(10 * CALL.excessMs);
    assert.deepEqual([], log);
  });

  test('sound counts at text, and never at voice', async () => {
    const { call, clock, log, arrived } = callOf();
    call.update('voice');
    const listen = async () => {
      for (let looks = 0; looks < 6; looks += 1) {
        arrived('audio', clock.now());
        await clock.advance(CALL.lookEveryMs);
      }
    };
    await listen();
    assert.deepEqual([], log);
    call.update('text');
    await listen();
    assert.deepEqual(['ladder'], log);
  });

  test('the count begins anew with every step', () => {
    const watch = createArrivalWatch();
    assert.ok(!watch.look({ audio: 0, video: 1 }, ['audio'], 0));
    assert.ok(!watch.look({ audio: 0, video: 2 }, ['audio'], CALL.excessMs - 1));
    assert.ok(!watch.look({ audio: 0, video: 2 }, ['audio'], CALL.excessMs));
    assert.ok(!watch.look({ audio: 0, video: 3 }, ['audio'], CALL.excessMs + 1));
    assert.ok(watch.look({ audio: 0, video: 4 }, ['audio'], 2 * CALL.excessMs + 1));
  });

  test('every inbound stream of a kind counts', () => {
    const row = (/** @type {object} */ fields) => ({ type: 'inbound-rtp', ...fields });
    const report = new Map(
      Object.entries({
        a: row({ kind: 'video', packetsReceived: 3 }),
        b: row({ kind: 'video', packetsReceived: 4 }),
        c: row({ kind: 'audio' }),
        d: { type: 'outbound-rtp', kind: 'audio', packetsReceived: 9 },
      }),
    );
    assert.deepEqual({ audio: 0, video: 7 }, arrivedIn(/** @type {any} */ (report)));
  });
});

describe('a connection that breaks', () => {
  test('heals by itself, or restarts with fresh servers', async () => {
    const { call, clock, connection, log } = callOf();
    call.update('voice');
    connection().setState('connected');
    connection().setState('disconnected');
    await clock.advance(CALL.healMs - 1);
    connection().setState('connected');
    await clock.advance(CALL.healMs);
    assert.equal(0, connection().restarts);

    connection().setState('disconnected');
    await clock.advance(CALL.healMs);
    assert.equal('refresh', log.at(-1));
    call.servers([{ urls: 'stun:fresh' }]);
    await settle();
    assert.equal(1, connection().restarts);
    assert.deepEqual([{ urls: 'stun:fresh' }], connection().configuration.iceServers);
    await clock.advance(CALL.refreshMs);
    assert.equal(1, connection().restarts);
  });

  test('restarts with the servers it has when no fresh ones come', async () => {
    const { call, clock, connection } = callOf();
    call.update('voice');
    connection().setState('failed');
    await clock.advance(CALL.refreshMs);
    assert.equal(1, connection().restarts);
  });

  test('that never begins restarts too', async () => {
    const { call, clock, connection, log } = callOf();
    call.update('voice');
    await settle();
    connection().onsignalingstatechange?.();
    connection().signalingState = 'stable';
    connection().onsignalingstatechange?.();
    await clock.advance(CALL.connectMs);
    assert.deepEqual(['refresh'], log);
  });

  test('again and again is given up, in words, until the call begins anew', async () => {
    const { call, clock, connection, log } = callOf();
    call.update('voice');
    for (let time = 0; time <= CALL.restarts; time += 1) {
      connection().setState('failed');
      await clock.advance(CALL.refreshMs);
    }
    assert.deepEqual(['failed', 'gave up'], log.slice(-2));
    assert.equal(CALL.restarts, connection().restarts);
    call.update('text');
    call.update('voice');
    await clock.advance(CALL.refreshMs);
    assert.equal(CALL.restarts + 1, connection().restarts);
  });

  test('a change of route finds its candidates anew', async () => {
    const { call, clock, connection } = callOf();
    call.reroute(true);
    call.update('voice');
    assert.equal('relay', connection().configuration.iceTransportPolicy);
    call.reroute(false);
    await clock.advance(CALL.refreshMs);
    assert.equal('all', connection().configuration.iceTransportPolicy);
    assert.equal(1, connection().restarts);
  });

  test('nothing restarts after the end', async () => {
    const { call, clock, connection, log } = callOf();
    call.update('voice');
    connection().setState('failed');
    call.end();
    log.splice(0);
    await clock.advance(60_000);
    assert.deepEqual([], log);
    assert.ok(connection().closed);
  });
});

describe('signals', () => {
  test('are held while the ladder stands at text, and used when it rises', async () => {
    const { call, connection } = callOf();
    call.receive({ candidate: { candidate: 'early' } });
    call.update('voice');
    await settle();
    assert.deepEqual([{ candidate: 'early' }], connection().candidates);
  });

  test('too many of them are integrity', () => {
    const { call } = callOf();
    for (let at = 0; at < HANDSHAKE.heldSignals; at += 1) {
      call.receive({ candidate: null });
    }
    assert.throws(() => call.receive({ candidate: null }), { rule: 'signals' });
  });

  test('a description for anyone else is integrity', async () => {
    const { call, log } = callOf();
    call.update('voice');
    call.receive({ description: { type: 'offer', sdp: 'v=0' } });
    await settle();
    assert.deepEqual(['fingerprint'], log);
  });

  test('one that the browser refuses fails the call alone', async () => {
    const { call, connection, log } = callOf();
    call.update('voice');
    await settle();
    connection().refuses = true;
    call.receive({
      description: { type: 'answer', sdp: connection().localDescription?.sdp ?? '' },
    });
    await settle();
    assert.deepEqual(['failed', 'gave up'], log);
  });
});
