/**
 * What to do when no socket is to be had: the close codes of
 * docs/reference/protocol.md, section 1, and the refusals of a ticket. Pure.
 */

import { SOCKET } from './policy.js';

/** @import { Refusal } from '../lib/http.js' */
/** @import { ProblemCode } from './types.js' */

/**
 * When to try again: at once; within a moment, so that not all come at the same one;
 * later and later, as the server asks (`backoff`) or as networks come back
 * (`network`: sooner, if the page hears that there is one again).
 *
 * @typedef {'now' | 'jitter' | 'backoff' | 'network'} Pause
 */
/**
 * @typedef {{kind: 'again', after: Pause, delayMs: number}
 *   | {kind: 'stop', code: ProblemCode}} Verdict
 */

/** In place of a close code: nothing was heard, though we asked. */
export const SILENT = 0;

const AT_ONCE = /** @type {const} */ ({ kind: 'again', after: 'now', delayMs: 0 });
const BACK_OFF = /** @type {const} */ ({ kind: 'again', after: 'backoff', delayMs: 0 });
const NETWORK = /** @type {const} */ ({ kind: 'again', after: 'network', delayMs: 0 });

/**
 * Codes without a line here (1000, 1001, 1006, 1011, …) come from networks and
 * servers that go away. Closes of our own never get here.
 *
 * @type {Readonly<Record<number, Verdict>>}
 */
const CLOSINGS = {
  [SILENT]: AT_ONCE,
  1012: { kind: 'again', after: 'jitter', delayMs: 0 },
  1013: BACK_OFF,
  4400: { kind: 'stop', code: 'not_this_protocol' },
  4401: AT_ONCE,
  4403: { kind: 'stop', code: 'suspended' },
  4409: { kind: 'stop', code: 'taken_over' },
  4429: BACK_OFF,
};

/** @type {Readonly<Record<string, ProblemCode>>} */
const TICKET_REFUSALS = {
  age_required: 'age_required',
  admission_required: 'admission_required',
  suspended: 'suspended',
};

/** @param {number} code of a close that was not ours @returns {Verdict} */
export function verdictOnClose(code) {
  return CLOSINGS[code] ?? NETWORK;
}

/** @param {Pick<Refusal, 'status' | 'code' | 'retryAfterSeconds'>} refusal @returns {Verdict} */
export function verdictOnRefusal({ status, code, retryAfterSeconds }) {
  const problem = TICKET_REFUSALS[code];
  if (problem) {
    return { kind: 'stop', code: problem };
  }
  if (status === 0) {
    return NETWORK;
  }
  if (status === 429 || status >= 500) {
    return { ...BACK_OFF, delayMs: (retryAfterSeconds ?? 0) * 1000 };
  }
  const stranger = status === 401 || status === 403;
  return { kind: 'stop', code: stranger ? 'visitor_required' : 'not_this_protocol' };
}

/**
 * @param {Extract<Verdict, {kind: 'again'}>} verdict
 * @param {number} failures in a row, this one included
 * @param {number} random 0 ≤ x < 1
 * @returns {number} milliseconds to wait
 */
export function delayOf({ after, delayMs }, failures, random) {
  if (after === 'jitter') {
    return random * SOCKET.jitterMs;
  }
  if (after === 'now' && failures <= 1) {
    return 0;
  }
  const { first, most, mostOfNetwork } = SOCKET.backoff;
  const bound = after === 'backoff' ? most : mostOfNetwork;
  const doubled = Math.min(bound, first * 2 ** (failures - 1));
  return Math.max(delayMs, doubled * (0.5 + random / 2));
}
