/**
 * A small server of the protocol: tickets, queue, matching in pairs, passing on,
 * stamps, acknowledgements, ladder. `intercept` may change or drop what passes.
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

/** @import { FakeClock } from './clock.js' */

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {Record<string, any>} Frame */
/** @typedef {{type: number, body: Bytes}} RawRecord */

const LIMITS = {
  unacked: 32,
  burst: 8,
  per_second: 2,
  interests: 10,
  resume_window_seconds: 0,
  frame_bytes: 65536,
};
const STEPS = ['text', 'voice', 'blurred', 'clear'];
const ENTRY = /** @type {Record<string, string>} */ ({
  text: 'text',
  voice: 'voice',
  video: 'blurred',
});

/** The client's end is a SocketLike; the rest is for server and tests. */
export class FakeSocket {
  /** @param {FakeServer} server @param {string[]} protocols */
  constructor(server, protocols) {
    this.server = server;
    this.protocols = protocols;
    this.binaryType = 'blob';
    /** @type {Frame[]} what the client sent as text */
    this.frames = [];
    /** @type {RawRecord[][]} what the client sent as bytes */
    this.messages = [];
    this.closed = false;
    /** @type {Side | null} */
    this.side = null;
    /** @type {Frame | null} its queue.join, while it waits */
    this.waiting = null;
    /** @type {((event: Event) => void) | null} */
    this.onopen = null;
    /** @type {((event: {data: unknown}) => void) | null} */
    this.onmessage = null;
    /** @type {((event: {code: number}) => void) | null} */
    this.onclose = null;
  }

  /** @param {string | Bytes} data */
  send(data) {
    if (typeof data === 'string') {
      const frame = JSON.parse(data);
      this.frames.push(frame);
      this.server.take(this, frame);
      return;
    }
    const records = split(data);
    this.messages.push(records);
    for (const record of records) {
      this.server.takeRecord(this, record);
    }
  }

  close() {
    if (!this.closed) {
      this.closed = true;
      this.server.gone(this);
    }
  }

  /** @param {Frame} frame to the client */
  push(frame) {
    this.deliver(JSON.stringify(frame));
  }

  /** @param {unknown} data to the client, as it is */
  deliver(data) {
    queueMicrotask(() => {
      if (!this.closed) {
        this.onmessage?.({ data });
      }
    });
  }

  /** @param {Bytes} bytes */
  pushBytes(bytes) {
    this.deliver(bytes.slice().buffer);
  }

  /** @param {number} code the server or the network closes */
  drop(code) {
    queueMicrotask(() => {
      this.closed = true;
      this.onclose?.({ code });
    });
    this.server.gone(this);
  }

  /** @param {string} type @returns {Frame[]} */
  sent(type) {
    return this.frames.filter((frame) => frame.type === type);
  }
}

/** One side of a conversation, as the relay keeps it. */
class Side {
  /** @param {FakeSocket} socket @param {'A' | 'B'} role @param {Talk} talk */
  constructor(socket, role, talk) {
    this.socket = socket;
    this.role = role;
    this.talk = talk;
    this.accepted = 0;
    this.acked = 0;
  }

  /** @returns {Side} */
  get partner() {
    return /** @type {Side} */ (this.talk.sides.find((side) => side !== this));
  }
}

class Talk {
  /** @param {Bytes} id @param {string} mode */
  constructor(id, mode) {
    this.id = toBase64url(id);
    this.mode = mode;
    this.step = ENTRY[mode] ?? 'text';
    this.version = 1;
    /** @type {{step: string, by: Side} | null} */
    this.proposal = null;
    /** @type {Side[]} */
    this.sides = [];
  }
}

export class FakeServer {
  /** @param {FakeClock} clock */
  constructor(clock) {
    this.clock = clock;
    /** @type {FakeSocket[]} every one ever opened, oldest first */
    this.sockets = [];
    /** @type {{path: string, body: any}[]} */
    this.requests = [];
    this.talks = 0;
    this.kid = 7;
    /** @type {(suite: number) => number} */
    this.nameSuite = (suite) => suite;
    /** @type {() => Response} */
    this.answer = () =>
      Response.json(
        { ticket: `t${this.requests.length}`, url: 'ws://here/ws/v1/' },
        { status: 201 },
      );
    /** @type {(frame: Frame, from: FakeSocket) => Frame | null} */
    this.intercept = (frame) => frame;
    /** @type {(record: RawRecord, from: FakeSocket) => boolean} false: dropped */
    this.admit = () => true;
    this.greets = true;
    this.resumes = true;
  }

  /** @returns {FakeSocket} the newest */
  get socket() {
    return /** @type {FakeSocket} */ (this.sockets.at(-1));
  }

  /** @param {string} path @param {RequestInit} init */
  fetch = async (path, init) => {
    this.requests.push({ path, body: JSON.parse(String(init.body)) });
    return this.answer();
  };

  /** @param {string} _url @param {string[]} protocols */
  openSocket = (_url, protocols) => {
    const socket = new FakeSocket(this, protocols);
    this.sockets.push(socket);
    if (this.greets) {
      socket.push({
        type: 'hello',
        modes: ['text', 'voice', 'video'],
        limits: LIMITS,
        server_time: new Date(this.clock.now()).toISOString(),
        build: 'test',
        features: [],
      });
    }
    return socket;
  };

  /** @param {FakeSocket} socket @param {Frame} original */
  take(socket, original) {
    const frame = this.intercept(original, socket);
    if (frame) {
      this.#handlers[frame.type]?.(socket, frame);
    }
  }

  /** @type {Record<string, (socket: FakeSocket, frame: Frame) => void>} */
  #handlers = {
    'queue.join': (socket, frame) => this.#join(socket, frame),
    'queue.leave': (socket) => {
      socket.waiting = null;
      socket.push({ type: 'queue.left' });
    },
    'e2e.commit': pass,
    'e2e.reveal': pass,
    'e2e.confirm': pass,
    signal: pass,
    typing: pass,
    'ladder.propose': (socket, { step }) => this.#propose(socket, step),
    'ladder.accept': (socket, { step }) => this.#rise(socket, step),
    'ladder.decline': (socket) => this.#change(socket, {}),
    'ladder.down': (socket, { step }) => this.#change(socket, { step }),
    'conversation.leave': (socket, { reason, farewell }) =>
      this.#end(socket, { reason, farewell }),
    'ice.refresh': (socket, { conversation }) =>
      socket.push({
        type: 'ice.servers',
        conversation,
        ice_servers: [{ urls: 'stun:fresh' }],
        expires_in_seconds: 600,
      }),
    resume: (socket, { conversation }) => {
      if (this.resumes) {
        socket.push({
          type: 'conversation.ended',
          conversation,
          reason: 'expired',
          receipt: null,
        });
      }
    },
    ping: (socket, { t }) => socket.push({ type: 'pong', t }),
  };

  /** @param {FakeSocket} socket @param {Frame} frame */
  #join(socket, frame) {
    socket.waiting = frame;
    const others = this.sockets.filter(
      (each) => each !== socket && each.waiting?.mode === frame.mode && !each.closed,
    );
    socket.push({
      type: 'queue.waiting',
      waiting: others.length,
      expected_seconds: null,
      since: new Date(this.clock.now()).toISOString(),
    });
    const [other] = others;
    if (other) {
      this.match(other, socket);
    }
  }

  /** @param {FakeSocket} one becomes A @param {FakeSocket} other becomes B */
  match(one, other) {
    this.talks += 1;
    const id = concat(new Uint8Array(12), u32(this.talks));
    const talk = new Talk(id, one.waiting?.mode ?? 'text');
    const suites = [one, other].map((socket) => socket.waiting?.suites ?? [2]);
    const suite = this.nameSuite(suites.every((list) => list.includes(1)) ? 1 : 2);
    talk.sides = [new Side(one, 'A', talk), new Side(other, 'B', talk)];
    for (const side of talk.sides) {
      side.socket.side = side;
      side.socket.push(this.#matched(side, suite));
      side.socket.waiting = null;
    }
  }

  /** @param {Side} side @param {number} suite */
  #matched({ talk, role, partner, socket }, suite) {
    return {
      type: 'conversation.matched',
      conversation: talk.id,
      slot: 1,
      role,
      polite: role === 'B',
      mode: talk.mode,
      handle: `Handle ${role}`,
      partner: { handle: `Handle ${partner.role}`, badges: [], languages: ['en'] },
      shared_interests: socket.waiting?.interests ?? [],
      suite,
      kid: this.kid,
      conversation_token: 'AAAA',
      resume_token: `resume${role}`,
      ladder: { step: talk.step, max: 'clear', version: talk.version },
      route: { state: 'direct', relay_available: false, version: 1 },
      ice_servers: [],
    };
  }

  /** @param {FakeSocket} socket @param {string} step */
  #propose(socket, step) {
    const { side } = socket;
    if (side?.talk.proposal && side.talk.proposal.by !== side) {
      this.#rise(socket, step);
    } else if (side) {
      this.#change(socket, { proposal: { step, by: side } });
    }
  }

  /** @param {FakeSocket} socket @param {string} step */
  #rise(socket, step) {
    const open = socket.side?.talk.proposal;
    if (open?.step === step && open.by !== socket.side) {
      this.#change(socket, { step });
    }
  }

  /** @param {FakeSocket} socket @param {{step?: string, proposal?: any}} changes */
  #change(socket, { step, proposal = null }) {
    const talk = socket.side?.talk;
    if (talk) {
      talk.step = step ?? talk.step;
      talk.proposal = proposal;
      talk.version += 1;
      for (const side of talk.sides) {
        side.socket.push(ladderState(talk, side));
      }
    }
  }

  /** @param {FakeSocket} socket @param {{reason: string, farewell?: string}} how */
  #end(socket, { reason, farewell }) {
    const { side } = socket;
    if (!side) {
      return;
    }
    const receipt = {
      started: new Date(this.clock.now()).toISOString(),
      ended: new Date(this.clock.now()).toISOString(),
      kept: ['nothing said'],
    };
    const integrity = reason === 'integrity';
    const end = (/** @type {Side} */ to, /** @type {string} */ why) => {
      to.socket.side = null;
      to.socket.push({
        type: 'conversation.ended',
        conversation: to.talk.id,
        reason: integrity ? 'integrity' : why,
        receipt,
        ...(farewell && to !== side ? { farewell } : {}),
      });
    };
    end(side.partner, reason === 'lost' ? 'partner_lost' : 'partner_left');
    end(side, 'left');
  }

  /** @param {FakeSocket} socket */
  gone(socket) {
    socket.waiting = null;
    this.#end(socket, { reason: 'lost' });
  }

  /** @param {FakeSocket} socket @param {RawRecord} record */
  takeRecord(socket, record) {
    const { side } = socket;
    if (!side || !this.admit(record, socket)) {
      return;
    }
    const at = Number(viewOf(record.body).getBigUint64(2));
    if (record.type === 0x01) {
      this.#relay(side, at, record.body);
    } else {
      side.partner.acked = Math.max(side.partner.acked, at);
      side.partner.socket.pushBytes(encode(0x13, u16(1), u64(at)));
    }
  }

  /** @param {Side} side @param {number} seq @param {Bytes} body */
  #relay(side, seq, body) {
    if (seq > side.accepted) {
      side.socket.push({
        type: 'error',
        code: 'bad_sequence',
        message: '',
        conversation: side.talk.id,
        seq,
        expected: side.accepted,
      });
      return;
    }
    side.accepted = Math.max(side.accepted, seq + 1);
    const stamp = this.stamp(side.partner.acked);
    const head = [u16(1), u64(seq)];
    side.socket.pushBytes(encode(0x12, ...head, stamp));
    side.partner.socket.pushBytes(
      encode(0x11, ...head, body.slice(10, 42), stamp, body.slice(42)),
    );
  }

  /** @param {number} rxOther @returns {Bytes} */
  stamp(rxOther) {
    const bucket = u32(Math.floor(this.clock.now() / 10_000));
    return concat(u16(this.kid), bucket, u64(rxOther), u8(0), new Uint8Array(32));
  }
}

/** @param {FakeSocket} socket @param {Frame} frame */
function pass(socket, { id: _, ...frame }) {
  socket.side?.partner.socket.push(frame);
}

/** @param {Talk} talk @param {Side} side */
function ladderState({ id, step, version, proposal }, side) {
  const by = proposal?.by === side ? 'you' : 'partner';
  return {
    type: 'ladder.state',
    conversation: id,
    step,
    max: STEPS.at(-1),
    version,
    ...(proposal
      ? { proposal: { step: proposal.step, by, expires_in_seconds: 30 } }
      : {}),
  };
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
