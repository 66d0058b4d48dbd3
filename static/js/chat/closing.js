/**
 * What to do when no socket is to be had: the close codes of
 * docs/reference/protocol.md, section 1, and the refusals of a ticket. Pure.
 */

import { SOCKET } from './policy.js';

/** @import { Refusal } from '../lib/http.js' */
/** @import { ProblemCode } from './types.js' */

/**
 * @typedef {{kind: 'again', after: 'now' | 'jitter' | 'backoff', delayMs: number}
 *   | {kind: 'stop', code: ProblemCode}} Verdict
 */

const BACK_OFF = /** @type {const} */ ({ kind: 'again', after: 'backoff', delayMs: 0 });

/**
 * Codes without a line here (1000, 1001, 1006, 1011, …) come from networks and
 * servers that go away: back off and try again. Closes of our own never get here.
 *
 * @type {Readonly<Record<number, Verdict>>}
 */
const CLOSINGS = {
  1012: { kind: 'again', after: 'jitter', delayMs: 0 },
  1013: BACK_OFF,
  4400: { kind: 'stop', code: 'not_this_protocol' },
  4401: { kind: 'again', after: 'now', delayMs: 0 },
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
  return CLOSINGS[code] ?? BACK_OFF;
}

/** @param {Pick<Refusal, 'status' | 'code' | 'retryAfterSeconds'>} refusal @returns {Verdict} */
export function verdictOnRefusal({ status, code, retryAfterSeconds }) {
  const problem = TICKET_REFUSALS[code];
  if (problem) {
    return { kind: 'stop', code: problem };
  }
  if (status === 0 || status === 429 || status >= 500) {
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
  const { first, most } = SOCKET.backoff;
  const doubled = Math.min(most, first * 2 ** (failures - 1));
  return Math.max(delayMs, doubled * (0.5 + random / 2));
}
