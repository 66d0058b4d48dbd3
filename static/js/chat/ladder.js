/**
 * The consent ladder: text < voice < blurred < clear, and what each step lets
 * through (docs/reference/protocol.md, section 2, "Ladder"). Pure.
 */

/** @import { LadderState, WireLadder } from './frames.js' */
/** @import { Ladder, Mode, Step } from './types.js' */

/** @typedef {'audio' | 'video'} Kind */

/** @type {readonly Step[]} lowest first */
export const STEPS = Object.freeze(['text', 'voice', 'blurred', 'clear']);

/** @type {readonly Kind[]} */
export const KINDS = Object.freeze(['audio', 'video']);

/** @type {Readonly<Record<Step, readonly Kind[]>>} */
const CARRIED = {
  text: [],
  voice: ['audio'],
  blurred: ['audio', 'video'],
  clear: ['audio', 'video'],
};

/** @type {Readonly<Record<Mode, Step>>} choosing the mode is the consent to it */
const ENTRY = { text: 'text', voice: 'voice', video: 'blurred' };

/** @param {Step} step @returns {readonly Kind[]} what may be sent and shown */
export function carriedAt(step) {
  return CARRIED[step];
}

/** @param {Mode} mode @returns {Step} */
export function entryStep(mode) {
  return ENTRY[mode];
}

/** @param {Step} step @param {Step} other @returns {boolean} */
export function isAbove(step, other) {
  return STEPS.indexOf(step) > STEPS.indexOf(other);
}

/** @param {Step} step @param {Step} other @returns {Step} */
export function lower(step, other) {
  return isAbove(step, other) ? other : step;
}

/** @param {WireLadder} ladder as matched @returns {Ladder} */
export function beginningLadder({ step, max, version }) {
  return { step, max, version, proposal: null };
}

/**
 * @param {Ladder} ladder
 * @param {LadderState} news
 * @param {number} now milliseconds
 * @returns {Ladder | null} null: old news
 */
export function ladderAfter(ladder, news, now) {
  const { step, max, version, proposal } = news;
  if (version <= ladder.version) {
    return null;
  }
  return {
    step,
    max,
    version,
    proposal: proposal
      ? {
          step: proposal.step,
          by: proposal.by,
          expiresAt: now + proposal.expires_in_seconds * 1000,
        }
      : null,
  };
}

/**
 * @param {Ladder} before
 * @param {Ladder} after
 * @param {number} now milliseconds
 * @returns {'declined' | 'unanswered' | null} what became of your own proposal, if it
 *   is gone and nothing changed
 */
export function fateOfProposal(before, after, now) {
  const { proposal } = before;
  if (proposal?.by !== 'you' || after.proposal !== null || after.step !== before.step) {
    return null;
  }
  return now >= proposal.expiresAt - NEARLY_MS ? 'unanswered' : 'declined';
}

/** The server's clock ends a proposal, ours only says why: ms of tolerance. */
const NEARLY_MS = 1_000;
