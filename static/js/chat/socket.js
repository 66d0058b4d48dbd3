/**
 * One socket, from its ticket to its end: hello comes first, silence is asked
 * about, every message is checked before it is passed on.
 */

import { createTimer } from '../lib/timer.js';
import { SILENT } from './closing.js';
import { SOCKET } from './policy.js';
import { decodeRecords } from './records.js';
import { encodeClientFrame, parseServerFrame, WireError } from './wire.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { ClientFrame, Hello, ServerFrame } from './frames.js' */
/** @import { ServerRecord } from './records.js' */
/** @import { Platform } from './types.js' */

/** @typedef {{ticket: string, url: string}} Ticket */

/**
 * @typedef {object} SocketEvents
 * @property {() => void} onOpen once, before hello
 * @property {(hello: Hello) => void} onHello once, before anything else that is said
 * @property {(frame: Exclude<ServerFrame, Hello>) => void} onFrame
 * @property {(records: ServerRecord[]) => void} onRecords
 * @property {(code: number) => void} onClose once; the server, the network, or silence
 */

const SUBPROTOCOL = 'ss.v1';
const CLOSED_BY_US = 1000;
/** Given to `onClose` when the other side broke the protocol: as if it had said so. */
const NOT_THIS_PROTOCOL = 4400;
/** Given to `onClose` when hello never came: as browsers report a lost connection. */
const LOST = 1006;

/**
 * @param {Pick<Platform, 'openSocket' | 'now' | 'setTimer' | 'clearTimer'>} platform
 * @param {Ticket} ticket
 * @param {SocketEvents} events
 */
export function openSocket(platform, { ticket, url }, events) {
  const socket = platform.openSocket(url, [SUBPROTOCOL, `ss.ticket.${ticket}`]);
  const patience = createTimer(platform);
  let heard = 0;
  let heardAt = platform.now();
  let greeted = false;
  let asking = false;
  let closed = false;

  /** @param {number} code */
  const end = (code) => {
    if (!closed) {
      closed = true;
      patience.stop();
      socket.close(CLOSED_BY_US);
      events.onClose(code);
    }
  };

  /** @param {ClientFrame} frame */
  const send = (frame) => {
    if (greeted && !closed) {
      socket.send(encodeClientFrame(frame));
    }
  };

  const listenOn = () => {
    asking = false;
    const quiet = platform.now() - heardAt;
    if (quiet >= SOCKET.quietMs) {
      ask(1);
    } else {
      patience.start(SOCKET.quietMs - quiet, listenOn);
    }
  };
  /** @param {number} time 1, or 2 when the page slept through the answer */
  const ask = (time) => {
    asking = true;
    const before = heard;
    const askedAt = platform.now();
    send({ type: 'ping', t: askedAt });
    patience.start(SOCKET.answerMs, () => {
      const late = platform.now() - askedAt > SOCKET.answerMs + SOCKET.lateMs;
      if (heard !== before) {
        listenOn();
      } else if (late && time === 1) {
        ask(2);
      } else {
        end(SILENT);
      }
    });
  };

  /** @param {ServerFrame | null} frame null: unknown */
  const takeFrame = (frame) => {
    if (frame?.type === 'hello') {
      greeted = true;
      listenOn();
      events.onHello(frame);
    } else if (frame && greeted) {
      events.onFrame(frame);
    } else if (!greeted) {
      throw new WireError('hello comes first');
    }
  };

  /** @param {unknown} data */
  const take = (data) => {
    if (typeof data === 'string') {
      takeFrame(parseServerFrame(data));
    } else if (data instanceof ArrayBuffer && greeted) {
      events.onRecords(decodeRecords(new Uint8Array(data)));
    }
  };

  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    if (!closed) {
      events.onOpen();
    }
  };
  socket.onmessage = ({ data }) => {
    if (closed) {
      return;
    }
    heard += 1;
    heardAt = platform.now();
    try {
      take(data);
    } catch (error) {
      if (!(error instanceof WireError)) {
        throw error;
      }
      end(NOT_THIS_PROTOCOL);
    }
  };
  socket.onclose = ({ code }) => end(code);
  patience.start(SOCKET.helloMs, () => end(LOST));

  return {
    send,

    /** @param {Bytes} bytes */
    sendBytes(bytes) {
      if (greeted && !closed) {
        socket.send(bytes);
      }
    },

    /** Ask now whether the server is there; without an answer the socket is lost. */
    probe() {
      if (greeted && !closed && !asking) {
        ask(1);
      }
    },

    /** Leave, without `onClose`. What was sent before still goes out. */
    close() {
      closed = true;
      patience.stop();
      socket.close(CLOSED_BY_US);
    },
  };
}
