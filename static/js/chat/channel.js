/**
 * The text channel of one conversation: seals and sends what is written, opens
 * and acknowledges what arrives, sends again what got no answer.
 *
 * Everything that awaits runs through `run`, one job after another, so that a
 * message's number, its `peer_seen` and the acknowledgement that goes with it
 * belong to the same moment.
 */

import { concat } from '../lib/bytes.js';
import { createTimer } from '../lib/timer.js';
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

const OPENING_KEY_BYTES = 32;

/**
 * @typedef {object} ChannelOptions
 * @property {Pick<Platform, 'randomBytes' | 'now' | 'setTimer' | 'clearTimer'>} platform
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
 */

/** @param {ChannelOptions} options */
export function createChannel(options) {
  const { platform, subtle, conversation, slot, secured, run, send } = options;
  const ours = { subtle, conversation, role: options.role, keys: secured.send };
  const theirs = {
    subtle,
    conversation,
    role: options.partnerRole,
    keys: secured.receive,
  };
  const inbox = createInbox(theirs, options.kid);
  const outbox = createOutbox(options.pace, platform.now());
  const pumping = createTimer(platform);
  const acknowledging = createTimer(platform);
  const resending = createTimer(platform);
  let patience = 0;
  let closed = false;

  /** @returns {Bytes} */
  const acknowledgement = () => {
    acknowledging.stop();
    return encodeAck({ slot, next: inbox.acknowledge() });
  };
  const acknowledge = () => send(acknowledgement());

  const owe = () => {
    if (inbox.pressing) {
      acknowledge();
    } else {
      acknowledging.startOnce(CHANNEL.ackDelayMs, () => run(acknowledgeOwed));
    }
  };
  const acknowledgeOwed = () => {
    if (!closed && inbox.owed > 0) {
      acknowledge();
    }
  };

  /** @param {Entry} entry */
  const transmit = (entry) => {
    const message = encodeMessage({ slot, ...entry });
    send(inbox.owed > 0 ? concat(acknowledgement(), message) : message);
    outbox.transmitted(entry, platform.now());
    options.onProgress([entry.key], 'sent');
    resending.startOnce(patienceMs(), () => run(resend));
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
    for (let going = !closed; going; going = going && !closed) {
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
    if (closed || outbox.unacknowledged === 0) {
      return undefined;
    }
    patience += 1;
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
      acknowledge();
      return;
    }
    options.onMessage(message);
    owe();
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
    if (outbox.unacknowledged > 0) {
      resending.startOnce(patienceMs(), () => run(resend));
    }
    return pump();
  };

  /** @param {number} seq */
  const stamped = (seq) => {
    const key = outbox.stamped(seq);
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
          return stamped(record.seq);
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

    /** how many messages of the partner were received and verified */
    get received() {
      return inbox.next;
    },

    close() {
      closed = true;
      for (const timer of [pumping, acknowledging, resending]) {
        timer.stop();
      }
    },
  };
}
