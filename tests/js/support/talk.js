/**
 * One conversation as the relay keeps it: two sides, the ladder, and per direction
 * what was accepted, acknowledged and handed on (docs/reference/protocol.md,
 * section 4). Whatever a client does wrong is noted in `faults`.
 */

import {
  concat,
  toBase64url,
  u8,
  u16,
  u32,
  u64,
  viewOf,
} from '../../../static/js/lib/bytes.js';

/** @import { FakeServer, FakeSocket } from './server.js' */

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {Record<string, any>} Frame */
/** @typedef {{type: number, body: Bytes}} RawRecord */

const WINDOW = 32;
const WINDOW_MS = 60_000;
const ENTRY = /** @type {Record<string, string>} */ ({
  text: 'text',
  voice: 'voice',
  video: 'blurred',
});

/** One side; `accepted`, `acked` and `handed` are of the messages it sends. */
export class Side {
  /** @param {FakeSocket} socket @param {'A' | 'B'} role @param {Talk} talk */
  constructor(socket, role, talk) {
    /** @type {FakeSocket | null} */
    this.socket = socket;
    this.role = role;
    this.talk = talk;
    this.slot = 1;
    this.accepted = 0;
    this.acked = 0;
    this.handed = 0;
    this.confirmed = false;
    /** whether a refusal was answered and the expected number has not come */
    this.refused = false;
    /** @type {unknown} */
    this.window = null;
    /** @type {number | null} while recovering: what its client says it received */
    this.claimed = null;
    /** @type {Frame[]} what was said to its client, and is said only once */
    this.endings = [];
  }

  /** @returns {Side} */
  get partner() {
    return /** @type {Side} */ (this.talk.sides.find((side) => side !== this));
  }

  get token() {
    return `resume${this.role}${this.talk.id}`;
  }

  /** @param {Frame} frame */
  push(frame) {
    this.socket?.push({ conversation: this.talk.id, ...frame });
  }

  /** @param {number} type @param {...Uint8Array} parts after the slot */
  pushRecord(type, ...parts) {
    this.socket?.pushBytes(encode(type, u16(this.slot), ...parts));
  }
}

export class Talk {
  /** @param {FakeServer} server @param {Bytes} id @param {string} mode */
  constructor(server, id, mode) {
    this.server = server;
    this.id = toBase64url(id);
    this.mode = mode;
    this.step = ENTRY[mode] ?? 'text';
    this.version = 1;
    /** @type {{step: string, by: Side} | null} */
    this.proposal = null;
    /** @type {Side[]} */
    this.sides = [];
    this.recovering = false;
    this.over = false;
    /** @type {Map<string, string>} every message ever given to a socket */
    this.sealed = new Map();
  }

  // --- coming and going ---------------------------------------------------------

  /** @param {Side} side its socket is gone */
  lost(side) {
    side.socket = null;
    if (!this.sides.every((each) => each.confirmed)) {
      this.end({ [side.role]: 'expired', [side.partner.role]: 'partner_lost' });
      return;
    }
    side.window = this.server.clock.setTimer(() => {
      this.end({ [side.role]: 'expired', [side.partner.role]: 'partner_lost' });
    }, WINDOW_MS);
    side.partner.push({ type: 'partner.away', grace_seconds: WINDOW_MS / 1000 });
    this.closeProposal();
  }

  /** @param {Side} side @param {FakeSocket} socket @param {number} received */
  resume(side, socket, received) {
    this.server.clock.clearTimer(side.window);
    if (side.socket && side.socket !== socket) {
      side.socket.side = null;
      side.socket.drop(4409);
    }
    side.socket = socket;
    side.slot = socket.nextSlot();
    socket.side = side;
    if (this.recovering) {
      side.claimed = received;
      this.recover();
      return;
    }
    const { partner } = side;
    if (received < partner.acked || received > partner.accepted) {
      this.server.faults.push(`${side.role} claims to have received ${received}`);
      this.end({ A: 'integrity', B: 'integrity' });
      return;
    }
    partner.handed = received;
    partner.acked = received;
    side.push(this.resumed(side));
    partner.pushRecord(0x13, u64(received));
    partner.push({ type: 'partner.back' });
    this.closeProposal();
  }

  /** Every process that knew the counters died. */
  forget() {
    this.recovering = true;
    for (const side of this.sides) {
      side.claimed = null;
    }
  }

  recover() {
    if (this.sides.some((side) => side.claimed === null)) {
      return;
    }
    this.recovering = false;
    for (const side of this.sides) {
      const received = /** @type {number} */ (side.partner.claimed);
      Object.assign(side, { accepted: received, acked: received, handed: received });
    }
    for (const side of this.sides) {
      side.push(this.resumed(side));
    }
  }

  /** @param {Side} side @returns {Frame} */
  resumed(side) {
    return {
      type: 'conversation.resumed',
      slot: side.slot,
      accepted: side.accepted,
      acked: side.acked,
      partner: side.partner.socket ? 'here' : 'away',
      ladder: { step: this.step, max: 'clear', version: this.version },
      route: { state: 'direct', relay_available: false, version: 1 },
      ice_servers: [{ urls: 'stun:resumed' }],
    };
  }

  /** @param {Record<string, string>} reasons by role @param {string} [farewell] */
  end(reasons, farewell) {
    if (this.over) {
      return;
    }
    this.over = true;
    const now = new Date(this.server.clock.now()).toISOString();
    const receipt = { started: now, ended: now, kept: ['nothing said'] };
    for (const side of this.sides) {
      this.server.clock.clearTimer(side.window);
      const reason = reasons[side.role];
      const word = farewell && reason === 'partner_left' ? { farewell } : {};
      side.endings = [
        { type: 'conversation.ended', conversation: this.id, reason, receipt, ...word },
      ];
    }
    for (const side of this.sides) {
      side.socket && this.sayEnding(side, side.socket);
    }
  }

  /** @param {Side} side @param {FakeSocket} socket @returns {boolean} not said before */
  sayEnding(side, socket) {
    const [ending] = side.endings.splice(0);
    if (side.socket) {
      side.socket.side = null;
      side.socket = null;
    }
    if (ending) {
      socket.push(ending);
    }
    return Boolean(ending);
  }

  // --- ladder -------------------------------------------------------------------

  closeProposal() {
    if (this.proposal) {
      this.change({});
    }
  }

  /** @param {{step?: string, proposal?: any}} changes */
  change({ step, proposal = null }) {
    this.step = step ?? this.step;
    this.proposal = proposal;
    this.version += 1;
    for (const side of this.sides) {
      side.push(this.#ladderFor(side));
    }
  }

  /** @param {Side} side */
  #ladderFor(side) {
    const { step, version, proposal } = this;
    const by = proposal?.by === side ? 'you' : 'partner';
    const open = proposal && { step: proposal.step, by, expires_in_seconds: 30 };
    return {
      type: 'ladder.state',
      step,
      max: 'clear',
      version,
      ...(open ? { proposal: open } : {}),
    };
  }

  // --- messages -----------------------------------------------------------------

  /** @param {Side} side @param {Bytes} body */
  message(side, body) {
    const seq = numberIn(body);
    this.#noteSealed(side, seq, body);
    if (seq > side.accepted || (seq === side.accepted && this.#full(side))) {
      this.#refuse(side, seq);
      return;
    }
    side.refused = false;
    if (seq < side.acked) {
      side.pushRecord(0x13, u64(side.acked));
      return;
    }
    side.accepted = Math.max(side.accepted, seq + 1);
    this.#handOn(side, seq, body);
  }

  /** @param {Side} side */
  #full(side) {
    return side.accepted - side.acked >= WINDOW;
  }

  /** @param {Side} side @param {number} seq @param {Bytes} body */
  #handOn(side, seq, body) {
    const { partner } = side;
    const stamp = this.server.stamp(partner.acked);
    side.pushRecord(0x12, u64(seq), stamp);
    if (partner.socket && seq === side.handed) {
      side.handed += 1;
      partner.pushRecord(0x11, u64(seq), body.slice(10, 42), stamp, body.slice(42));
    } else if (seq < side.handed) {
      side.pushRecord(0x13, u64(side.acked));
    }
  }

  /** @param {Side} side @param {number} seq */
  #refuse(side, seq) {
    if (!side.refused) {
      side.refused = true;
      const code = seq > side.accepted ? 'bad_sequence' : 'window_full';
      const expected = side.accepted;
      side.push({ type: 'error', code, message: '', seq, expected });
    }
  }

  /** Sealing is final. @param {Side} side @param {number} seq @param {Bytes} body */
  #noteSealed(side, seq, body) {
    const name = `${side.role} ${seq}`;
    const bytes = toBase64url(body.slice(10));
    if ((this.sealed.get(name) ?? bytes) !== bytes) {
      this.server.faults.push(`two ciphertexts for ${name}`);
    }
    this.sealed.set(name, bytes);
  }

  /** @param {Side} side @param {Bytes} body */
  acknowledge(side, body) {
    const next = numberIn(body);
    const { partner } = side;
    if (next > partner.accepted) {
      this.server.faults.push(`${side.role} acknowledges ${next}`);
    } else if (next > partner.acked) {
      partner.acked = next;
      partner.pushRecord(0x13, u64(next));
    }
  }
}

/** @param {Bytes} body of a record @returns {number} */
function numberIn(body) {
  return Number(viewOf(body).getBigUint64(2));
}

/** @param {number} kid @param {number} now @param {number} rxOther @returns {Bytes} */
export function stampOf(kid, now, rxOther) {
  const bucket = u32(Math.floor(now / 10_000));
  return concat(u16(kid), bucket, u64(rxOther), u8(0), new Uint8Array(32));
}

/** @param {number} type @param {...Uint8Array} parts */
export function encode(type, ...parts) {
  const body = concat(...parts);
  return concat(u8(type), u16(body.length), body);
}

/** @param {Bytes} message @returns {RawRecord[]} */
export function split(message) {
  const records = [];
  for (let at = 0; at < message.length; ) {
    const length = viewOf(message).getUint16(at + 1);
    records.push({
      type: message[at] ?? 0,
      body: message.slice(at + 3, at + 3 + length),
    });
    at += 3 + length;
  }
  return records;
}
