/**
 * From `conversation.matched` to a verified handshake: fresh keys, a certificate
 * for this conversation alone, and the frames in their order.
 */

import { fromBase64url } from '../lib/bytes.js';
import { createTimer } from '../lib/timer.js';
import { prepareCallIdentity } from './certificate.js';
import { createHandshake } from './handshake.js';
import { ensure, IntegrityError } from './integrity.js';
import { HANDSHAKE } from './policy.js';
import { generateKeys, isSuite } from './suites.js';
import { unreachable } from './wire.js';

/** @import { CallIdentity } from './certificate.js' */
/** @import { ClientFrame, Commit, Confirm, Matched, Reveal } from './frames.js' */
/** @import { Secured } from './handshake.js' */
/** @import { Suite } from './suites.js' */
/** @import { Platform } from './types.js' */

/** @typedef {Commit | Reveal | Confirm} HandshakeFrame */

/**
 * @typedef {object} SecuringOptions
 * @property {Platform} platform
 * @property {SubtleCrypto} subtle
 * @property {readonly Suite[]} suites
 * @property {Matched} matched
 * @property {(frame: ClientFrame) => void} send
 * @property {(secured: Secured, identity: CallIdentity) => void} onSecured
 * @property {() => void} onTimeout
 */

const RANDOM_BYTES = 32;
const CONVERSATION_BYTES = 16;

/** @param {SecuringOptions} options its functions throw when a check fails */
export function createSecuring(options) {
  const { platform, subtle, suites, matched, send } = options;
  const { conversation, role, suite } = matched;
  const patience = createTimer(platform);
  /** @type {ReturnType<typeof createHandshake> | null} */
  let handshake = null;
  /** @type {CallIdentity} */
  let identity = { certificate: null, fingerprint: new Uint8Array() };

  const running = () => {
    if (!handshake) {
      throw new IntegrityError('handshake order');
    }
    return handshake;
  };

  return {
    async begin() {
      patience.start(HANDSHAKE.patienceMs, options.onTimeout);
      const id = fromBase64url(conversation);
      ensure(id.length === CONVERSATION_BYTES, 'conversation');
      ensure(isSuite(suite) && suites.includes(suite), 'suite', 'none of ours');
      identity = await prepareCallIdentity(platform);
      handshake = createHandshake({
        subtle,
        conversation: id,
        role,
        suite,
        suites,
        keys: await generateKeys(subtle, suite),
        fingerprint: identity.fingerprint,
        random: platform.randomBytes(RANDOM_BYTES),
      });
      const commitment = await handshake.begin();
      send({ type: 'e2e.commit', conversation, commitment });
    },

    /** @param {HandshakeFrame} frame @returns {Promise<void>} */
    async take(frame) {
      switch (frame.type) {
        case 'e2e.commit': {
          const reveal = await running().onCommit(frame.commitment);
          send({ type: 'e2e.reveal', conversation, ...reveal });
          return;
        }
        case 'e2e.reveal': {
          const mac = await running().onReveal(frame);
          send({ type: 'e2e.confirm', conversation, mac });
          return;
        }
        case 'e2e.confirm': {
          const secured = await running().onConfirm(frame.mac);
          patience.stop();
          options.onSecured(secured, identity);
          return;
        }
        default:
          unreachable(frame);
      }
    },

    close: patience.stop,
  };
}
