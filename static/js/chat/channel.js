/**
 * The text channel of one conversation: seals and sends what is written, opens
 * and acknowledges what arrives, sends again what got no answer.
 *
 * Everything that awaits runs through `run`, one job after another, so that a
 * message's number, its `peer_seen` and the acknowledgement that goes with it
 * belong to the same moment.
 *
 * While our socket is away nothing is sealed, and what is written waits. The same
 * bytes leave again after a resume, on the partner's return, and when the partner
 * is here and nothing was acknowledged for too long.
 */

import { createAlarm } from '../lib/alarm.js';
import { concat } from '../lib/bytes.js';
import { createAcknowledging } from './acknowledging.js';
import { seal } from './franking.js';
import { createInbox } from './inbox.js';
import { createOutbox } from './outbox.js';
import { CHANNEL } from './policy.js';
import { encodeAck, encodeMessage } from './records.js';
import { unreachable } from './wire.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { OpenedMessage } from './franking.js' */
/** @import { Secured } from './handshake.js' */
/** @import { Role } from './key_schedule.js' */
/** @import { Entry, Item, Pace } from './outbox.js' */
/** @import { Deliver, ServerRecord } from './records.js' */
/** @import { Platform } from './types.js' */

/**
 * @typedef {object} Passage how things stand on a new socket
 * @property {number} slot
 * @property {number} accepted messages of ours that the relay has
 * @property {number} acked of these, acknowledged
 * @property {boolean} partnerHere
 */

const OPENING_KEY_BYTES = 32;

/**
 * @typedef {object} ChannelOptions
 * @property {Pick<Platform, 'randomBytes' | 'now' | 'setTimer' | 'clearTimer'
 *   | 'visible'>} platform
 * @property {SubtleCrypto} subtle
 * @property {Bytes} conversation
 * @property {number} slot
 * @property {number} kid
 * @property {Role} role
 * @property {Role} partnerRole
 * @property {Secured} secured
 * @property {Pace} pace
 * @property {(job: () => void | Promise<void>) => void} run the conversation's queue of
 *   jobs; it ends the conversation when one throws
 * @property {(bytes: Bytes) => void} send
 * @property {(message: OpenedMessage) => void} onMessage
 * @property {(keys: string[], state: 'sent' | 'stamped' | 'received') => void} onProgress
 * @property {() => void} onUnanswered nothing was acknowledged for too long
 */

/** @param {ChannelOptions} options */
export function createChannel(options) {
  const { platform, subtle, conversation, secured, run, send } = options;
  const ours = { subtle, conversation, role: options.role, keys: secured.send };
  const theirs = {
    subtle,
    conversation,
    role: options.partnerRole,
    keys: secured.receive,
  };
  const inbox = createInbox(theirs, options.kid);
  const outbox = createOutbox(options.pace, platform.now());
  const pumping = createAlarm(platform);
  const resending = createAlarm(platform);
  let { slot } = options;
  let patience = 0;
  /** whether we have a socket that takes part in the conversation */
  let here = true;
  let partnerHere = true;
  let closed = false;

  const acknowledging = createAcknowledging({
    platform,
    inbox,
    run,
    send: (next) => send(encodeAck({ slot, next })),
  });
  /** @returns {Bytes} of all that is owed */
  const acknowledgement = () => encodeAck({ slot, next: acknowledging.settle() });

  /** @param {boolean} present */
  const reach = (present) => {
    here = present;
    acknowledging.reach(present);
    pumping.stop();
    resending.stop();
  };

  /** @param {Entry} entry */
  const transmit = (entry) => {
    const message = encodeMessage({ slot, ...entry });
    send(inbox.owed > 0 ? concat(acknowledgement(), message) : message);
    outbox.transmitted(entry, platform.now());
    options.onProgress([entry.key], 'sent');
    expect();
  };
  /** Wait for acknowledgements, if anybody is there who could send them. */
  const expect = () => {
    if (here && partnerHere && outbox.unacknowledged > 0) {
      resending.startOnce(patienceMs(), () => run(resend));
    }
  };

  /** @param {Item} item @param {number} seq */
  const sealNext = async (item, seq) => {
    const message = {
      ptype: item.ptype,
      seq,
      peerSeen: inbox.next - 1,
      body: item.body,
    };
    outbox.seal(await seal(ours, message, platform.randomBytes(OPENING_KEY_BYTES)));
  };

  const pump = async () => {
    const open = () => here && !closed;
    for (let going = open(); going; going = going && open()) {
      const move = outbox.nextMove(platform.now());
      going = await make(move);
    }
  };

  /** @param {import('./outbox.js').Move} move @returns {Promise<boolean>} go on */
  const make = async (move) => {
    switch (move.kind) {
      case 'seal':
        await sealNext(move.item, move.seq);
        return true;
      case 'transmit':
        transmit(move.entry);
        return true;
      case 'wait':
        pumping.start(move.ms, () => run(pump));
        return false;
      case 'idle':
        return false;
      default:
        return unreachable(move);
    }
  };

  const patienceMs = () =>
    CHANNEL.resendAfterMs[Math.min(patience, CHANNEL.resendAfterMs.length - 1)] ?? 0;

  const resend = () => {
    if (closed || !here || outbox.unacknowledged === 0) {
      return undefined;
    }
    patience += 1;
    options.onUnanswered();
    outbox.resend();
    return pump();
  };

  /** @param {Deliver} deliver */
  const receive = async (deliver) => {
    const message = await inbox.receive(deliver, outbox.sent);
    if (closed) {
      return;
    }
    if (message === null) {
      acknowledging.again();
      return;
    }
    options.onMessage(message);
    acknowledging.owe();
  };

  /** @param {number} next */
  const acked = (next) => {
    const keys = outbox.acknowledged(next);
    if (keys.length === 0) {
      return undefined;
    }
    options.onProgress(keys, 'received');
    patience = 0;
    resending.stop();
    expect();
    return pump();
  };

  /** @param {import('./records.js').Stamped} record */
  const stamped = ({ seq, stamp }) => {
    const key = outbox.stamped(seq, stamp);
    if (key !== null) {
      options.onProgress([key], 'stamped');
    }
  };

  return {
    /** @param {Item} item @returns {boolean} false: too much is waiting already */
    write(item) {
      const taken = !closed && outbox.write(item);
      if (taken) {
        run(pump);
      }
      return taken;
    },

    /** @param {ServerRecord} record @returns {void | Promise<void>} a job of `run` */
    take(record) {
      if (closed || record.slot !== slot) {
        return undefined;
      }
      switch (record.type) {
        case 'deliver':
          return receive(record);
        case 'stamped':
          return stamped(record);
        case 'acked':
          return acked(record.next);
        default:
          return unreachable(record);
      }
    },

    /**
     * @param {{expected: number, retryAfterMs: number | null}} refusal
     * @returns {Promise<void>} a job of `run`
     */
    refused(refusal) {
      outbox.refused({ ...refusal, now: platform.now() });
      return pump();
    },

    /** Our socket is gone: nothing leaves until `resumed`. */
    lost: () => reach(false),

    /**
     * @returns {number} how many messages of the partner were received and verified;
     *   whoever is told this has their acknowledgement
     */
    received: acknowledging.settle,

    /** @param {Passage} passage @returns {Promise<void>} a job of `run` */
    resumed(passage) {
      reach(true);
      ({ slot, partnerHere } = passage);
      patience = 0;
      const keys = outbox.resumed(passage);
      options.onProgress(keys, 'received');
      expect();
      return pump();
    },

    /** Who is away acknowledges nothing. */
    partnerAway() {
      partnerHere = false;
      resending.stop();
    },

    /** @returns {Promise<void>} a job of `run` */
    partnerBack() {
      partnerHere = true;
      patience = 0;
      outbox.resend();
      expect();
      return pump();
    },

    /** The page slept perhaps: make good what is overdue. */
    wake() {
      for (const each of [pumping, acknowledging, resending]) {
        each.check();
      }
    },

    close() {
      closed = true;
      reach(false);
    },
  };
}
