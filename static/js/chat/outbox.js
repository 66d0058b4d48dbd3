/**
 * What goes to the partner: which message may leave now, and which must leave
 * again (docs/reference/protocol.md, section 4). Pure: time is an argument.
 *
 * How it works. A written item waits unnumbered. Only when window and pace let
 * it go is it numbered and sealed, and sealing is final: from then on exactly
 * these bytes are sent, as often as needed, until acknowledged. `cursor` is the
 * next number to put on the wire; a refusal, a resend or a resume moves it back.
 *
 * What the relay has already taken may be sent again without waiting for the pace;
 * a relay that lost its memory takes it anew, and says so when it resumes.
 */

import { ensure } from './integrity.js';
import { CHANNEL } from './policy.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { Stamp } from './records.js' */

/** @typedef {{key: string, ptype: number, body: Bytes}} Item */
/** @typedef {{commitment: Bytes, ciphertext: Bytes}} Sealed */
/**
 * @typedef {Sealed & {key: string, seq: number, stamp: Stamp | null, taken: boolean}} Entry
 *   `stamp` is the latest one; `taken`: the relay has it, as far as we know
 */
/** @typedef {{window: number, burst: number, perSecond: number}} Pace */

/**
 * @typedef {{kind: 'seal', item: Item, seq: number}
 *   | {kind: 'transmit', entry: Entry}
 *   | {kind: 'wait', ms: number}
 *   | {kind: 'idle'}} Move
 */

/** @param {Pace} pace @param {number} now milliseconds */
export function createOutbox(pace, now) {
  /** @type {Item[]} */
  const written = [];
  /** @type {Map<number, Entry>} sealed and not yet acknowledged */
  const entries = new Map();
  const bucket = createBucket(pace, now);
  let next = 0;
  let cursor = 0;
  let sent = 0;
  let acked = 0;
  let heldUntil = now;

  /** @param {number} at @returns {Move} for a number that nobody has taken yet */
  const atPace = (at, /** @type {Move} */ move) => {
    if (cursor - acked >= pace.window) {
      return { kind: 'idle' };
    }
    const ms = bucket.waitFor(at);
    return ms > 0 ? { kind: 'wait', ms } : move;
  };

  /** @param {number} at @returns {Move} */
  const nextMove = (at) => {
    if (at < heldUntil) {
      return { kind: 'wait', ms: heldUntil - at };
    }
    const entry = entries.get(cursor);
    if (entry) {
      const move = /** @type {Move} */ ({ kind: 'transmit', entry });
      return entry.taken ? move : atPace(at, move);
    }
    const [item] = written;
    return item ? atPace(at, { kind: 'seal', item, seq: next }) : { kind: 'idle' };
  };

  /** @param {number} upTo @returns {string[]} keys of the lines newly received */
  const acknowledged = (upTo) => {
    ensure(upTo <= sent, 'outbox', 'acknowledged what was never sent');
    const keys = [];
    for (; acked < upTo; acked += 1) {
      keys.push(entries.get(acked)?.key ?? '');
      entries.delete(acked);
    }
    cursor = Math.max(cursor, acked);
    return keys;
  };

  return {
    nextMove,
    acknowledged,

    /** messages we sent, for rule R11 */
    get sent() {
      return sent;
    },

    /** messages sent and not acknowledged */
    get unacknowledged() {
      return sent - acked;
    },

    /** @param {Item} item @returns {boolean} false: too much is waiting already */
    write(item) {
      const room = written.length < CHANNEL.unsentLines;
      if (room) {
        written.push(item);
      }
      return room;
    },

    /** @param {Sealed} sealed of the item that the last `seal` move named */
    seal(sealed) {
      const item = written.shift();
      ensure(item, 'outbox', 'nothing to seal');
      const { key } = item;
      entries.set(next, { ...sealed, key, seq: next, stamp: null, taken: false });
      next += 1;
    },

    /** @param {Entry} entry @param {number} at it is on the wire */
    transmitted(entry, at) {
      if (!entry.taken) {
        bucket.take(at);
      }
      cursor = entry.seq + 1;
      sent = Math.max(sent, cursor);
    },

    /**
     * @param {number} seq
     * @param {Stamp} stamp of two, the later is kept
     * @returns {string | null} key of the line, if it is stamped for the first time
     */
    stamped(seq, stamp) {
      ensure(seq < sent, 'outbox', 'stamped what was never sent');
      const entry = entries.get(seq);
      if (!entry) {
        return null;
      }
      const first = entry.stamp === null;
      entry.stamp = stamp;
      entry.taken = true;
      return first ? entry.key : null;
    },

    /**
     * The relay refused a message and expects `expected`: go back to it.
     *
     * @param {{expected: number, retryAfterMs: number | null, now: number}} refusal
     */
    refused({ expected, retryAfterMs, now: at }) {
      ensure(expected >= acked, 'outbox', 'the relay forgot what it acknowledged');
      ensure(expected <= sent, 'outbox', 'the relay expects what was never sent');
      cursor = Math.min(cursor, expected);
      heldUntil = at + (retryAfterMs ?? CHANNEL.refusalDelayMs);
    },

    /** Send everything unacknowledged again, in order. */
    resend() {
      cursor = acked;
    },

    /**
     * On a new socket: what the relay has, and what of it was acknowledged. What it
     * has not is sent again; what it has too, if the partner is here to get it.
     *
     * @param {{accepted: number, acked: number, partnerHere: boolean}} relay
     * @returns {string[]} keys of the lines newly received
     */
    resumed({ accepted, acked: upTo, partnerHere }) {
      ensure(accepted >= acked, 'resume', 'the relay forgot what was acknowledged');
      ensure(accepted <= sent, 'resume', 'the relay has what was never sent');
      ensure(upTo <= accepted, 'resume', 'acknowledged more than the relay has');
      const keys = acknowledged(upTo);
      for (const entry of entries.values()) {
        entry.taken = entry.seq < accepted;
      }
      cursor = partnerHere ? acked : accepted;
      heldUntil = 0;
      return keys;
    },
  };
}

/** @param {Pace} pace @param {number} now milliseconds */
function createBucket({ burst, perSecond }, now) {
  let tokens = burst;
  let at = now;

  /** @param {number} time */
  const refill = (time) => {
    const seconds = Math.max(0, time - at) / 1000;
    tokens = Math.min(burst, tokens + seconds * perSecond);
    at = time;
  };
  return {
    /** @param {number} time @returns {number} milliseconds until a token is there */
    waitFor(time) {
      refill(time);
      return tokens >= 1
        ? 0
        : Math.ceil(((1 - tokens) / perSecond) * 1000) + CHANNEL.paceMarginMs;
    },
    /** @param {number} time */
    take(time) {
      refill(time);
      tokens = Math.max(0, tokens - 1);
    },
  };
}
