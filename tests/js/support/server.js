/**
 * A small server of the protocol: tickets, queue, matching in pairs, passing on,
 * resuming. `intercept` and `admit` may change or drop what clients send, `lose`
 * what passes either way; sockets can be cut, or fall silent.
 */

import { concat, u32 } from '../../../static/js/lib/bytes.js';
import { encode, Side, split, stampOf, Talk } from './talk.js';

/** @import { FakeClock } from './clock.js' */
/** @import { Bytes, Frame, RawRecord } from './talk.js' */

export { encode, split };

const LIMITS = {
  unacked: 32,
  burst: 8,
  per_second: 2,
  interests: 10,
  resume_window_seconds: 60,
  frame_bytes: 65536,
};
const LOST = 1006;

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
    /** nothing passes any more, and neither end has noticed */
    this.silent = false;
    this.slots = 1;
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

  nextSlot() {
    this.slots += 1;
    return this.slots;
  }

  /** @param {string | Bytes} data */
  send(data) {
    if (this.closed || this.silent || this.server.passes(this)) {
      return;
    }
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
      if (!this.silent) {
        this.server.gone(this);
      }
    }
  }

  /** @param {Frame} frame to the client */
  push(frame) {
    this.deliver(JSON.stringify(frame));
  }

  /** @param {unknown} data to the client, as it is */
  deliver(data) {
    queueMicrotask(() => {
      if (!this.closed && !this.silent && !this.server.passes(this)) {
        this.onmessage?.({ data });
      }
    });
  }

  /** @param {Bytes} bytes */
  pushBytes(bytes) {
    this.deliver(bytes.slice().buffer);
  }

  open() {
    queueMicrotask(() => {
      if (!this.closed) {
        this.onopen?.(new Event('open'));
      }
    });
  }

  /** @param {number} code the server or the network closes */
  drop(code) {
    queueMicrotask(() => {
      this.closed = true;
      this.onclose?.({ code });
    });
    this.server.gone(this);
  }

  /** The server notices that nothing comes from a silent socket. */
  noticeSilence() {
    this.server.gone(this);
  }

  /** @param {string} type @returns {Frame[]} */
  sent(type) {
    return this.frames.filter((frame) => frame.type === type);
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
    /** @type {Talk[]} */
    this.talks = [];
    /** @type {string[]} what clients did that no client may */
    this.faults = [];
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
    /** @type {(socket: FakeSocket) => boolean} true: this, and the socket, are lost */
    this.lose = () => false;
    this.greets = true;
    /** false: something on the way blocks WebSockets; `hangs`: without a word */
    /** @type {boolean | 'hangs'} */
    this.opens = true;
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
    if (this.opens !== true) {
      socket.silent = true;
      this.opens || socket.drop(LOST);
      return socket;
    }
    socket.open();
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

  /** @param {FakeSocket} socket @returns {boolean} whether it broke just now */
  passes(socket) {
    const lost = this.lose(socket);
    if (lost) {
      socket.drop(LOST);
    }
    return lost;
  }

  /** Every process dies, and with it what only they knew. */
  crash() {
    for (const talk of this.talks.filter((each) => !each.over)) {
      talk.forget();
    }
    for (const socket of this.sockets.filter((each) => !each.closed)) {
      socket.drop(LOST);
    }
  }

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
    'e2e.confirm': (socket, frame) => {
      if (socket.side) {
        socket.side.confirmed = true;
      }
      pass(socket, frame);
    },
    signal: pass,
    typing: pass,
    'ladder.propose': (socket, { step }) => this.#propose(socket, step),
    'ladder.accept': (socket, { step }) => this.#rise(socket, step),
    'ladder.decline': (socket) => socket.side?.talk.change({}),
    'ladder.down': (socket, { step }) => socket.side?.talk.change({ step }),
    'conversation.leave': (socket, frame) => this.#leave(socket, frame),
    'ice.refresh': (socket, { conversation }) =>
      socket.push({
        type: 'ice.servers',
        conversation,
        ice_servers: [{ urls: 'stun:fresh' }],
        expires_in_seconds: 600,
      }),
    resume: (socket, frame) => this.#resume(socket, frame),
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
    const id = concat(new Uint8Array(12), u32(this.talks.length + 1));
    const talk = new Talk(this, id, one.waiting?.mode ?? 'text');
    this.talks.push(talk);
    const suites = [one, other].map((socket) => socket.waiting?.suites ?? [2]);
    const suite = this.nameSuite(suites.every((list) => list.includes(1)) ? 1 : 2);
    talk.sides = [new Side(one, 'A', talk), new Side(other, 'B', talk)];
    for (const side of talk.sides) {
      const socket = /** @type {FakeSocket} */ (side.socket);
      socket.side = side;
      side.push(this.#matched(side, suite, socket.waiting?.interests ?? []));
      socket.waiting = null;
    }
  }

  /** @param {Side} side @param {number} suite @param {string[]} interests */
  #matched({ talk, role, partner, token }, suite, interests) {
    return {
      type: 'conversation.matched',
      slot: 1,
      role,
      polite: role === 'B',
      mode: talk.mode,
      handle: `Handle ${role}`,
      partner: { handle: `Handle ${partner.role}`, badges: [], languages: ['en'] },
      shared_interests: interests,
      suite,
      kid: this.kid,
      conversation_token: 'AAAA',
      resume_token: token,
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
      side.talk.change({ proposal: { step, by: side } });
    }
  }

  /** @param {FakeSocket} socket @param {string} step */
  #rise(socket, step) {
    const open = socket.side?.talk.proposal;
    if (open?.step === step && open.by !== socket.side) {
      socket.side?.talk.change({ step });
    }
  }

  /** @param {string} id @param {(side: Side) => boolean} whose */
  #sideOf(id, whose) {
    return this.talks.find((each) => each.id === id)?.sides.find(whose);
  }

  /** @param {FakeSocket} socket @param {Frame} frame */
  #leave(socket, { conversation, reason, farewell, resume_token }) {
    const side = this.#sideOf(
      conversation,
      (each) => each.socket === socket || each.token === resume_token,
    );
    if (!side) {
      return;
    }
    const integrity = reason === 'integrity';
    const { talk, role, partner } = side;
    talk.end(
      {
        [role]: integrity ? 'integrity' : 'left',
        [partner.role]: integrity ? 'integrity' : 'partner_left',
      },
      farewell,
    );
  }

  /** @param {FakeSocket} socket @param {Frame} frame */
  #resume(socket, { conversation, resume_token, received }) {
    const side = this.#sideOf(conversation, ({ token }) => token === resume_token);
    const expired = { type: 'conversation.ended', conversation, reason: 'expired' };
    if (side && !side.talk.over) {
      side.talk.resume(side, socket, received);
    } else if (!side?.talk.sayEnding(side, socket)) {
      socket.push({ ...expired, receipt: null });
    }
  }

  /** @param {FakeSocket} socket */
  gone(socket) {
    socket.waiting = null;
    const { side } = socket;
    socket.side = null;
    if (side?.socket === socket) {
      side.talk.lost(side);
    }
  }

  /** @param {FakeSocket} socket @param {RawRecord} record */
  takeRecord(socket, record) {
    const { side } = socket;
    if (!side || !this.admit(record, socket) || side.talk.recovering) {
      return;
    }
    if (slotIn(record) !== side.slot) {
      return;
    }
    if (record.type === 0x01) {
      side.talk.message(side, record.body);
    } else {
      side.talk.acknowledge(side, record.body);
    }
  }

  /** @param {number} rxOther @returns {Bytes} */
  stamp(rxOther) {
    return stampOf(this.kid, this.clock.now(), rxOther);
  }
}

/** @param {RawRecord} record */
function slotIn({ body }) {
  return ((body[0] ?? 0) << 8) | (body[1] ?? 0);
}

/** @param {FakeSocket} socket @param {Frame} frame */
function pass(socket, { id: _, ...frame }) {
  socket.side?.partner.push(frame);
}
