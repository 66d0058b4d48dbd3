/**
 * One socket, from its ticket to its end: hello comes first, silence is asked
 * about, every message is checked before it is passed on.
 */

import { createTimer } from '../lib/timer.js';
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
 * @property {(hello: Hello) => void} onHello once, before anything else
 * @property {(frame: Exclude<ServerFrame, Hello>) => void} onFrame
 * @property {(records: ServerRecord[]) => void} onRecords
 * @property {(code: number) => void} onClose once; the server, the network, or silence
 */

const SUBPROTOCOL = 'ss.v1';
const CLOSED_BY_US = 1000;
/** Given to `onClose` when the other side broke the protocol: as if it had said so. */
const NOT_THIS_PROTOCOL = 4400;
/** Given to `onClose` when nothing was heard: as browsers report a lost connection. */
const LOST = 1006;

/**
 * @param {Pick<Platform, 'openSocket' | 'now' | 'setTimer' | 'clearTimer'>} platform
 * @param {Ticket} ticket
 * @param {SocketEvents} events
 */
export function openSocket(platform, { ticket, url }, events) {
  const socket = platform.openSocket(url, [SUBPROTOCOL, `ss.ticket.${ticket}`]);
  const patience = createTimer(platform);
  let heardAt = platform.now();
  let greeted = false;
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
    const quiet = platform.now() - heardAt;
    if (quiet >= SOCKET.quietMs) {
      const before = heardAt;
      send({ type: 'ping', t: platform.now() });
      patience.start(SOCKET.answerMs, () => judgeSilence(before));
    } else {
      patience.start(SOCKET.quietMs - quiet, listenOn);
    }
  };
  /** @param {number} before when we last heard before asking */
  const judgeSilence = (before) => {
    if (heardAt === before) {
      end(LOST);
    } else {
      listenOn();
    }
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
  socket.onmessage = ({ data }) => {
    if (closed) {
      return;
    }
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

    /** Leave, without `onClose`. What was sent before still goes out. */
    close() {
      closed = true;
      patience.stop();
      socket.close(CLOSED_BY_US);
    },
  };
}
