/**
 * What comes from the partner: the number expected next, every receiver rule
 * (R1 to R11 of docs/reference/protocol.md, section 4), and what is owed in
 * acknowledgements. Pure but for WebCrypto.
 *
 * R1 (slot) is the channel's: another slot is another socket's and is ignored.
 * Nothing is counted as received before it has been verified.
 */

import { open } from './franking.js';
import { ensure } from './integrity.js';
import { CHANNEL } from './policy.js';

/** @import { OpenedMessage, Sealing } from './franking.js' */
/** @import { Deliver, Stamp } from './records.js' */

/** Flags a stamp may carry: bit 1, above `text`; bit 2, at `blurred`. */
const KNOWN_FLAGS = 0b110;
/** Steps of 10 s by which a stamp's time may lie below the one before. */
const TIME_SLACK = 6;

/**
 * @typedef {object} InboxStart where to begin
 * @property {number} expected
 * @property {{tb: number, rxOther: number, peerSeen: number}} previous
 */

/** @type {InboxStart} */
const BEGINNING = { expected: 0, previous: { tb: 0, rxOther: 0, peerSeen: -1 } };

/**
 * @param {Sealing} sealing of the partner's direction
 * @param {number} kid of the key that stamps this conversation
 * @param {InboxStart} [start]
 */
export function createInbox(sealing, kid, start = BEGINNING) {
  let { expected, previous } = start;
  let acknowledged = expected;

  return {
    /** the next number: everything below was received and verified */
    get next() {
      return expected;
    },

    /** messages received and not yet acknowledged */
    get owed() {
      return expected - acknowledged;
    },

    /** whether an acknowledgement must leave without waiting for company */
    get pressing() {
      return expected - acknowledged >= CHANNEL.ackEvery;
    },

    /** @returns {number} what to acknowledge; call it when an ACK is sent */
    acknowledge() {
      acknowledged = expected;
      return expected;
    },

    /**
     * @param {Deliver} deliver
     * @param {number} sent how many messages we sent
     * @returns {Promise<OpenedMessage | null>} null: it came before; acknowledge again
     * @throws {import('./integrity.js').IntegrityError} naming the rule
     */
    async receive(deliver, sent) {
      if (deliver.seq < expected) {
        return null;
      }
      ensure(deliver.seq === expected, 'R2', 'a gap');
      checkStamp(deliver.stamp, kid, previous);
      const message = await open(sealing, deliver);
      checkSeen(message.peerSeen, deliver.stamp, sent, previous);
      expected += 1;
      const { tb, rxOther } = deliver.stamp;
      previous = { tb, rxOther, peerSeen: message.peerSeen };
      return message;
    },
  };
}

/** @param {Stamp} stamp @param {number} kid @param {InboxStart['previous']} previous */
function checkStamp(stamp, kid, previous) {
  ensure(stamp.kid === kid, 'R10', 'another key');
  ensure((stamp.flags & ~KNOWN_FLAGS) === 0, 'R10', 'reserved flag');
  ensure(stamp.rxOther >= previous.rxOther, 'R10', 'rx_other falls');
  ensure(stamp.tb >= previous.tb - TIME_SLACK, 'R10', 'time falls');
}

/**
 * @param {number} seen
 * @param {Stamp} stamp
 * @param {number} sent
 * @param {InboxStart['previous']} previous
 */
function checkSeen(seen, stamp, sent, previous) {
  ensure(seen < stamp.rxOther || seen === -1, 'R11', 'saw what was not handed over');
  ensure(seen < sent, 'R11', 'saw what was never sent');
  ensure(seen >= previous.peerSeen, 'R11', 'saw less than before');
}
