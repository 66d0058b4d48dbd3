/**
 * The encryption handshake: both commit, then both reveal, then both confirm
 * (docs/reference/protocol.md, section 3). Who sees a reveal has already fixed
 * everything that could steer the safety code.
 *
 * Pure but for WebCrypto. Frames go in, what to send comes out; every failed
 * check throws `IntegrityError`, and a handshake that threw is dead.
 */

import { equal, fromBase64url, toBase64url } from '../lib/bytes.js';
import { ensure, IntegrityError, orIntegrity } from './integrity.js';
import {
  commitmentOf,
  deriveKeys,
  otherRole,
  sign,
  transcriptOf,
} from './key_schedule.js';
import { isSuite, preferredSuite, sharedSecret } from './suites.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { Reveal } from './frames.js' */
/**
 * @import { Derived, DirectionKeys, Role, SideValues }
 *   from './key_schedule.js'
 */
/** @import { AgreementKeys, Suite } from './suites.js' */

/**
 * @typedef {object} Secured
 * @property {DirectionKeys} send
 * @property {DirectionKeys} receive
 * @property {Bytes} sas
 * @property {Bytes} partnerFingerprint
 */

/** @typedef {Pick<Reveal, 'suites' | 'suite' | 'public_key' | 'fingerprint' | 'random'>} RevealFields */

/**
 * @typedef {object} HandshakeOptions
 * @property {SubtleCrypto} subtle
 * @property {Bytes} conversation 16 bytes
 * @property {Role} role
 * @property {number} suite as the server named it
 * @property {readonly Suite[]} suites own list, preferred first
 * @property {AgreementKeys} keys of the named suite, made for this conversation
 * @property {Bytes} fingerprint
 * @property {Bytes} random
 */

const HASH_BYTES = 32;

/** @param {HandshakeOptions} options */
export function createHandshake(options) {
  const { subtle, conversation, role, suite, keys } = options;
  const partner = otherRole(role);
  /** @type {SideValues} */
  const own = {
    suites: Uint8Array.from(options.suites),
    publicKey: keys.publicKey,
    fingerprint: options.fingerprint,
    random: options.random,
  };
  /** @type {'start' | 'commit' | 'reveal' | 'confirm' | 'done' | 'dead'} */
  let expecting = 'start';
  let ownCommitment = new Uint8Array();
  let partnerCommitment = new Uint8Array();
  /** @type {{derived: Derived, transcript: Bytes, fingerprint: Bytes} | null} */
  let agreed = null;

  /**
   * Take a step at its turn only; a failed one is the last.
   *
   * @template T
   * @param {typeof expecting} turn
   * @param {typeof expecting} next
   * @param {() => Promise<T>} work
   */
  const step = async (turn, next, work) => {
    const due = expecting === turn;
    expecting = 'dead';
    ensure(due, 'handshake order', turn);
    const result = await orIntegrity(`handshake ${turn}`, work);
    expecting = next;
    return result;
  };

  return {
    /** @returns {Promise<string>} own commitment, to send at once */
    begin: () =>
      step('start', 'commit', async () => {
        ensure(isSuite(suite) && options.suites.includes(suite), 'suite');
        ownCommitment = await commitmentOf(subtle, conversation, role, own);
        return toBase64url(ownCommitment);
      }),

    /** @param {string} commitment @returns {Promise<RevealFields>} what to reveal now */
    onCommit: (commitment) =>
      step('commit', 'reveal', async () => {
        partnerCommitment = bytesOf(commitment, HASH_BYTES);
        ensure(!equal(partnerCommitment, ownCommitment), 'reflected commitment');
        return revealOf(own, suite);
      }),

    /** @param {RevealFields} reveal @returns {Promise<string>} the mac that confirms */
    onReveal: (reveal) =>
      step('reveal', 'confirm', async () => {
        const theirs = readReveal(reveal);
        await checkReveal(theirs, reveal.suite);
        agreed = await agree(theirs);
        const mac = await sign(
          subtle,
          agreed.derived.confirming[role],
          agreed.transcript,
        );
        return toBase64url(mac);
      }),

    /** @param {string} mac @returns {Promise<Secured>} */
    onConfirm: (mac) =>
      step('confirm', 'done', async () => {
        const { derived, transcript, fingerprint } = known(agreed);
        const key = derived.confirming[partner];
        const valid = subtle.verify('HMAC', key, bytesOf(mac, HASH_BYTES), transcript);
        ensure(await valid, 'confirmation');
        return {
          send: derived.sending[role],
          receive: derived.sending[partner],
          sas: derived.sas,
          partnerFingerprint: fingerprint,
        };
      }),
  };

  /** @param {SideValues} theirs @param {number} namedByPartner */
  async function checkReveal(theirs, namedByPartner) {
    const opened = await commitmentOf(subtle, conversation, partner, theirs);
    ensure(equal(opened, partnerCommitment), 'commitment does not open');
    ensure(!equal(theirs.publicKey, own.publicKey), 'reflected key');
    ensure(!equal(theirs.random, own.random), 'reflected random');
    const noCalls = theirs.fingerprint.every((byte) => byte === 0);
    ensure(
      noCalls || !equal(theirs.fingerprint, own.fingerprint),
      'reflected fingerprint',
    );
    ensure(namedByPartner === suite, 'suite', 'partner names another');
    const preferred = preferredSuite([...own.suites], [...theirs.suites]);
    ensure(preferred === suite, 'suite', 'downgraded');
  }

  /** @param {SideValues} theirs */
  async function agree(theirs) {
    const us = { ...own, commitment: ownCommitment };
    const them = { ...theirs, commitment: partnerCommitment };
    const sides = role === 'A' ? { A: us, B: them } : { A: them, B: us };
    const transcript = await transcriptOf(subtle, conversation, suite, sides);
    const secret = await sharedSecret(
      subtle,
      /** @type {Suite} */ (suite),
      keys.privateKey,
      theirs.publicKey,
    );
    const derived = await deriveKeys(subtle, secret, transcript);
    secret.fill(0);
    return { derived, transcript, fingerprint: theirs.fingerprint };
  }
}

/** @param {SideValues} side @param {number} suite @returns {RevealFields} */
function revealOf(side, suite) {
  return {
    suites: toBase64url(side.suites),
    suite,
    public_key: toBase64url(side.publicKey),
    fingerprint: toBase64url(side.fingerprint),
    random: toBase64url(side.random),
  };
}

/** @param {RevealFields} reveal @returns {SideValues} */
function readReveal(reveal) {
  return {
    suites: fromBase64url(reveal.suites),
    publicKey: fromBase64url(reveal.public_key),
    fingerprint: bytesOf(reveal.fingerprint, HASH_BYTES),
    random: bytesOf(reveal.random, HASH_BYTES),
  };
}

/** @param {string} encoded @param {number} length */
function bytesOf(encoded, length) {
  const bytes = fromBase64url(encoded);
  ensure(bytes.length === length, 'length');
  return bytes;
}

/**
 * @template T
 * @param {T | null | undefined} value
 * @returns {T}
 */
function known(value) {
  if (value === null || value === undefined) {
    throw new IntegrityError('handshake order');
  }
  return value;
}
