/**
 * Watches what arrives on a call: media above the ladder's step that does not
 * stop is no late message (docs/reference/protocol.md, section 2, "Ladder").
 * Pure: statistics and time are arguments.
 */

import { KINDS } from './ladder.js';
import { CALL } from './policy.js';

/** @import { Kind } from './ladder.js' */

/** @typedef {Record<Kind, number>} Arrived a count that grows while a kind arrives */

/** @param {RTCStatsReport} report @returns {Arrived} */
export function arrivedIn(report) {
  const arrived = { audio: 0, video: 0 };
  for (const stats of report.values()) {
    if (stats.type === 'inbound-rtp') {
      const kind = stats.kind === 'video' ? 'video' : 'audio';
      arrived[kind] += stats.packetsReceived ?? 0;
    }
  }
  return arrived;
}

/** @returns what decides, look by look, whether too much arrives */
export function createArrivalWatch() {
  /** @type {Arrived} */
  let before = { audio: 0, video: 0 };
  /** @type {Map<Kind, number>} since when a kind arrives that must not */
  const since = new Map();

  return {
    /**
     * @param {Arrived} arrived
     * @param {readonly Kind[]} allowed
     * @param {number} now milliseconds
     * @returns {boolean} too much has arrived for too long
     */
    look(arrived, allowed, now) {
      for (const kind of KINDS) {
        const flowing = arrived[kind] > before[kind] && !allowed.includes(kind);
        if (!flowing) {
          since.delete(kind);
        } else if (!since.has(kind)) {
          since.set(kind, now);
        }
      }
      before = arrived;
      return [...since.values()].some((start) => now - start >= CALL.excessMs);
    },
  };
}
