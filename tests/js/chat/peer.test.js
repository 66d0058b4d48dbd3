import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prepareCallIdentity } from '../../../static/js/chat/certificate.js';
import { checkedSdp, fingerprintText } from '../../../static/js/chat/fingerprints.js';
import { IntegrityError } from '../../../static/js/chat/integrity.js';
import { createPeer } from '../../../static/js/chat/peer.js';
import { CALL } from '../../../static/js/chat/policy.js';
import { FakeClock, settle } from '../support/clock.js';
import { FakeStream, FakeTrack } from '../support/devices.js';
import { asConnection, FakeCertificate, FakePeerConnection } from '../support/peers.js';

/** @import { Outgoing } from '../../../static/js/chat/peer.js' */

const PRINT_A = new Uint8Array(32).fill(0xa1);
const PRINT_B = new Uint8Array(32).fill(0xb2);

/** @typedef {ReturnType<typeof oneSide>} Side */

/** @param {FakeClock} clock @param {boolean} polite @param {Uint8Array} own @param {Uint8Array<ArrayBuffer>} theirs */
function oneSide(clock, polite, own, theirs) {
  const connection = new FakePeerConnection({
    certificates: [/** @type {any} */ (new FakeCertificate(own))],
  });
  /** @type {Outgoing[]} */
  const outbox = [];
  /** @type {unknown[]} */
  const errors = [];
  /** @type {string[]} */
  const tracks = [];
  const peer = createPeer({
    connection: asConnection(connection),
    platform: clock,
    polite,
    fingerprint: theirs,
    send: (signal) => outbox.push(signal),
    onTrack: ({ track }) => tracks.push(track.kind),
    onNegotiated: () => {},
    onState: () => {},
    onError: (error) => errors.push(error),
  });
  return { connection, outbox, errors, tracks, peer };
}

function twoSides() {
  const clock = new FakeClock();
  const impolite = oneSide(clock, false, PRINT_A, PRINT_B);
  const polite = oneSide(clock, true, PRINT_B, PRINT_A);
  return { clock, impolite, polite };
}

/** @param {Side} from @param {Side} to */
async function carry(from, to) {
  await Promise.all(from.outbox.splice(0).map((signal) => to.peer.receive(signal)));
}

/** @param {{clock: FakeClock, impolite: Side, polite: Side}} sides until silence */
async function negotiate({ clock, impolite, polite }) {
  for (let round = 0; round < 8; round += 1) {
    await settle();
    await carry(impolite, polite);
    await carry(polite, impolite);
    await settle();
    await clock.advance(CALL.yieldMs);
  }
}

/** @param {Side} side @param {...('audio' | 'video')} kinds */
function sendTracks(side, ...kinds) {
  const stream = /** @type {MediaStream} */ (/** @type {unknown} */ (new FakeStream()));
  for (const kind of kinds) {
    const track = /** @type {MediaStreamTrack} */ (
      /** @type {unknown} */ (new FakeTrack(kind))
    );
    void side.peer.setTrack(kind, track, stream);
  }
  return () => Promise.all(kinds.map((kind) => side.peer.setTrack(kind, null, stream)));
}

/** @param {Side} side @param {string} type */
const descriptions = (side, type) =>
  side.outbox.filter(
    (signal) => 'description' in signal && signal.description?.type === type,
  );

describe('perfect negotiation', () => {
  test('both begin at once, and no offers cross', async () => {
    const sides = twoSides();
    sendTracks(sides.impolite, 'audio', 'video');
    sendTracks(sides.polite, 'audio', 'video');
    await settle();
    assert.equal(1, descriptions(sides.impolite, 'offer').length);
    assert.equal(0, sides.polite.outbox.length);
    await negotiate(sides);

    assert.deepEqual(['audio', 'video'], sides.impolite.tracks);
    assert.deepEqual(['audio', 'video'], sides.polite.tracks);
    assert.equal(0, sides.polite.connection.rollbacks);
    assertQuiet(sides);
  });

  test('the polite side offers when the other has nothing to', async () => {
    const sides = twoSides();
    sendTracks(sides.polite, 'audio');
    await settle();
    await sides.clock.advance(CALL.yieldMs - 1);
    assert.equal(0, sides.polite.outbox.length);
    await negotiate(sides);

    assert.deepEqual(['audio'], sides.impolite.tracks);
    assertQuiet(sides);
  });

  test('of two offers that cross, the impolite one stands and both get through', async () => {
    const sides = twoSides();
    sendTracks(sides.polite, 'audio');
    await settle();
    await sides.clock.advance(CALL.yieldMs);
    sendTracks(sides.impolite, 'audio', 'video');
    await settle();
    assert.equal(1, descriptions(sides.impolite, 'offer').length);
    assert.equal(1, descriptions(sides.polite, 'offer').length);
    await negotiate(sides);

    assert.equal(1, sides.polite.connection.rollbacks);
    assert.equal(0, sides.impolite.connection.rollbacks);
    assert.deepEqual(['audio', 'video'], sides.polite.tracks);
    assert.deepEqual(['audio'], sides.impolite.tracks);
    assertQuiet(sides);
  });

  test('an offer that arrives while an answer is being set is no collision', async () => {
    const sides = twoSides();
    sendTracks(sides.impolite, 'audio');
    await settle();
    await carry(sides.impolite, sides.polite);
    const answer = sides.polite.outbox.splice(0);
    sendTracks(sides.polite, 'audio');
    await settle();
    await sides.clock.advance(CALL.yieldMs);
    const offer = sides.polite.outbox.splice(0);
    await Promise.all(
      [...answer, ...offer].map((signal) => sides.impolite.peer.receive(signal)),
    );
    await negotiate(sides);

    assert.deepEqual(['audio'], sides.impolite.tracks);
    assertQuiet(sides);
  });

  test('ICE restarts from either side, also from both at once', async () => {
    const sides = twoSides();
    sendTracks(sides.impolite, 'audio');
    await negotiate(sides);
    const servers = { iceServers: [{ urls: 'stun:fresh' }] };
    await Promise.all([
      sides.polite.peer.restart(servers),
      sides.impolite.peer.restart(servers),
    ]);
    await negotiate(sides);

    assert.equal(1, sides.polite.connection.restarts);
    assert.deepEqual(
      servers.iceServers,
      sides.polite.connection.configuration.iceServers,
    );
    assert.ok(sides.polite.connection.configuration.certificates);
    assertQuiet(sides);
  });

  test('stopping and sending again uses the same transceiver', async () => {
    const sides = twoSides();
    const stop = sendTracks(sides.impolite, 'video');
    await negotiate(sides);
    await stop();
    const [transceiver] = sides.impolite.connection.transceivers;
    assert.equal(null, transceiver?.sender.track);
    await negotiate(sides);
    const received = sides.polite.connection.remote.get('video');
    assert.equal('sendonly', received?.transceiver.currentDirection);
    sendTracks(sides.impolite, 'video');
    await negotiate(sides);

    assert.equal(1, sides.impolite.connection.transceivers.length);
    assert.equal('video', transceiver?.sender.track?.kind);
    assert.equal('sendrecv', received?.transceiver.currentDirection);
    assertQuiet(sides);
  });

  test('a bad candidate does not end the call', async () => {
    const { impolite } = twoSides();
    await impolite.peer.receive({ candidate: /** @type {any} */ ({ bad: true }) });
    await impolite.peer.receive({ candidate: { candidate: 'good' } });
    assert.deepEqual([{ candidate: 'good' }], impolite.connection.candidates);
    assert.deepEqual([], impolite.errors);
  });

  test('a description the browser refuses fails the call, not the conversation', async () => {
    const { impolite } = twoSides();
    impolite.connection.refuses = true;
    await impolite.peer.receive({
      description: { type: 'offer', sdp: sdpWith(PRINT_B) },
    });
    assert.ok(impolite.errors[0] instanceof DOMException);
  });

  test('an offer that was lost is said again; a second answer is old news', async () => {
    const sides = twoSides();
    sendTracks(sides.impolite, 'audio');
    await settle();
    sides.impolite.outbox.splice(0);
    await sides.impolite.peer.repeat();
    await sides.impolite.peer.repeat();
    assert.equal(2, sides.impolite.outbox.length);
    await negotiate(sides);

    assert.deepEqual([[], []], [sides.impolite.errors, sides.polite.errors]);
    assert.equal('stable', sides.impolite.connection.signalingState);
    await sides.impolite.peer.repeat();
    assert.deepEqual([], sides.impolite.outbox);
  });

  test('a closed peer says nothing more', async () => {
    const sides = twoSides();
    sendTracks(sides.impolite, 'audio');
    sendTracks(sides.polite, 'audio');
    sides.impolite.peer.close();
    sides.polite.peer.close();
    await sides.clock.advance(CALL.yieldMs);
    await sides.impolite.peer.receive({ description: { type: 'offer', sdp: '' } });

    assert.ok(sides.impolite.connection.closed);
    assert.deepEqual(
      [0, 0],
      [sides.impolite.outbox.length, sides.polite.outbox.length],
    );
    assert.deepEqual([], sides.impolite.errors);
  });

  /** @param {{impolite: Side, polite: Side}} sides settled without complaint */
  function assertQuiet({ impolite, polite }) {
    assert.deepEqual([[], []], [impolite.errors, polite.errors]);
    assert.deepEqual(
      ['stable', 'stable'],
      [impolite.connection.signalingState, polite.connection.signalingState],
    );
    assert.deepEqual([[], []], [impolite.outbox, polite.outbox]);
  }
});

describe('fingerprints', () => {
  /** @type {[string, {type: string, sdp: string}][]} */
  const HOSTILE = [
    ['of another certificate', { type: 'offer', sdp: sdpWith(PRINT_A) }],
    ['none at all', { type: 'offer', sdp: 'v=0\r\n' }],
    ['a second one', { type: 'answer', sdp: sdpWith(PRINT_B) + line(PRINT_A) }],
    ['only of another hash', { type: 'offer', sdp: 'a=fingerprint:sha-1 AA:BB\r\n' }],
    [
      'hidden behind a line feed',
      { type: 'offer', sdp: `${sdpWith(PRINT_B)}x\n${line(PRINT_A)}` },
    ],
    [
      'hidden behind a carriage return',
      { type: 'offer', sdp: `${sdpWith(PRINT_B)}x\r${line(PRINT_A)}` },
    ],
    [
      'with a space before it',
      { type: 'offer', sdp: `${sdpWith(PRINT_B)} ${line(PRINT_A)}` },
    ],
    ['in a rollback', { type: 'rollback', sdp: sdpWith(PRINT_B) }],
    ['in a provisional answer', { type: 'pranswer', sdp: sdpWith(PRINT_B) }],
  ];
  for (const [name, description] of HOSTILE) {
    test(`${name}: integrity, and the browser never sees it`, async () => {
      const { impolite } = twoSides();
      await impolite.peer.receive({ description });

      assert.ok(impolite.errors[0] instanceof IntegrityError);
      assert.equal('stable', impolite.connection.signalingState);
      assert.equal(0, impolite.connection.remote.size);
    });
  }

  test('checked on every renegotiation', async () => {
    const sides = twoSides();
    sendTracks(sides.impolite, 'audio');
    await negotiate(sides);
    await sides.impolite.peer.receive({
      description: { type: 'offer', sdp: sdpWith(PRINT_A) },
    });
    assert.ok(sides.impolite.errors[0] instanceof IntegrityError);
  });

  test('who takes no calls cannot make one', async () => {
    const none = new Uint8Array(32);
    const side = oneSide(new FakeClock(), true, PRINT_A, none);
    await side.peer.receive({ description: { type: 'offer', sdp: sdpWith(none) } });
    assert.ok(side.errors[0] instanceof IntegrityError);
  });

  test('lines of other hashes are removed', () => {
    const sdp = `v=0\r\na=fingerprint:sha-512 00\r\n${line(PRINT_B)}`;
    assert.equal(`v=0\r\n${line(PRINT_B)}`, checkedSdp(sdp, PRINT_B));
  });
});

describe('own certificate', () => {
  test('is made for the conversation and named by its fingerprint', async () => {
    const certificate = /** @type {any} */ (new FakeCertificate(PRINT_A));
    const identity = await prepareCallIdentity({
      makeCertificate: async () => certificate,
      openPeer: never,
    });
    assert.deepEqual({ certificate, fingerprint: PRINT_A }, identity);
  });

  test('without a list of fingerprints they are read from a discarded offer', async () => {
    const certificate = /** @type {any} */ ({ fingerprint: PRINT_A });
    /** @type {FakePeerConnection[]} */
    const opened = [];
    const identity = await prepareCallIdentity({
      makeCertificate: async () => certificate,
      openPeer: (configuration) => {
        opened.push(new FakePeerConnection(configuration));
        return asConnection(opened[0]);
      },
    });
    assert.deepEqual(PRINT_A, identity.fingerprint);
    assert.ok(opened[0]?.closed);
  });

  test('zeros say: no calls from me', async () => {
    const noCalls = { certificate: null, fingerprint: new Uint8Array(32) };
    const failing = async () => {
      throw new DOMException('', 'NotSupportedError');
    };
    for (const platform of [
      { makeCertificate: undefined, openPeer: undefined },
      { makeCertificate: failing, openPeer: never },
      { makeCertificate: async () => /** @type {any} */ ({}), openPeer: never },
    ]) {
      assert.deepEqual(noCalls, await prepareCallIdentity(platform));
    }
  });

  /** @returns {never} */
  function never() {
    throw new Error('no connection was needed');
  }
});

/** @param {Uint8Array} print */
function line(print) {
  return `a=fingerprint:sha-256 ${fingerprintText(print)}\r\n`;
}

/** @param {Uint8Array} print */
function sdpWith(print) {
  return `v=0\r\n${line(print)}`;
}
