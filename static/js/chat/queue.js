/** Asking for a partner, and why that may be refused. Pure. */

/** @import { QueueJoin } from './frames.js' */
/** @import { Suite } from './suites.js' */
/** @import { Preferences, ProblemCode, Strictness } from './types.js' */

/** What an `error` about a join carries as its `ref`. */
export const JOIN_REF = 'join';

/** @type {Readonly<Record<string, ProblemCode>>} */
const REFUSALS = {
  mode_not_allowed: 'mode_not_allowed',
  suspended: 'suspended',
  overloaded: 'overloaded',
  internal: 'overloaded',
};

/** @param {string} code of the error @returns {ProblemCode} */
export function problemOfJoin(code) {
  return REFUSALS[code] ?? 'not_this_protocol';
}

/**
 * @param {Preferences} preferences
 * @param {readonly Suite[]} suites
 * @returns {QueueJoin}
 */
export function joinFrame(preferences, suites) {
  const { mode, interests, languages, region, regions } = preferences;
  const strictness = strictnessOf(preferences);
  return {
    type: 'queue.join',
    id: JOIN_REF,
    mode,
    interests,
    languages,
    ...(region ? { region } : {}),
    ...(regions ? { regions } : {}),
    ...(strictness ? { strictness } : {}),
    suites,
  };
}

/**
 * @param {Preferences} preferences
 * @returns {Strictness | null} strict about nothing is no demand, and is refused
 */
function strictnessOf({ strictness, interests, languages }) {
  const names = interests.length + languages.length > 0;
  return strictness === 'strict' && !names ? 'balanced' : (strictness ?? null);
}
