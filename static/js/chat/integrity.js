/**
 * Failed checks. Whatever fails one ends the conversation with `integrity` and
 * shows nothing. Silent failures, repeated, are how a dishonest server would
 * try its luck at the safety code, so they are counted across conversations.
 */

import { INTEGRITY } from './policy.js';

export class IntegrityError extends Error {
  /**
   * @param {string} rule the check that failed: `R1` to `R11`, or a word
   * @param {string} [detail] for developers; never shown
   */
  constructor(rule, detail = '') {
    super(detail ? `${rule}: ${detail}` : rule);
    this.name = 'IntegrityError';
    this.rule = rule;
  }
}

/**
 * Run a step in which any exception means a failed check.
 *
 * @template T
 * @param {string} rule
 * @param {() => T | Promise<T>} step
 * @returns {Promise<T>}
 */
export async function orIntegrity(rule, step) {
  try {
    return await step();
  } catch (error) {
    throw error instanceof IntegrityError
      ? error
      : new IntegrityError(rule, `${error}`);
  }
}

/**
 * @param {unknown} condition
 * @param {string} rule
 * @param {string} [detail]
 * @returns {asserts condition}
 */
export function ensure(condition, rule, detail) {
  if (!condition) {
    throw new IntegrityError(rule, detail);
  }
}

/**
 * Note one ending by `integrity`.
 *
 * @param {readonly number[]} earlier times of earlier endings, milliseconds
 * @param {number} now
 * @returns {{times: number[], warn: boolean}} the times that still count, and
 *   whether the visitor must be warned
 */
export function noteEnding(earlier, now) {
  const recent = earlier.filter((at) => now - at < INTEGRITY.countedForMs && at <= now);
  const times = [...recent, now].slice(-INTEGRITY.warnFrom);
  return { times, warn: times.length >= INTEGRITY.warnFrom };
}

/**
 * The endings noted in this tab; they survive a reload.
 *
 * @param {Pick<Storage, 'getItem' | 'setItem'>} storage
 */
export function createEndingCount(storage) {
  let times = readTimes(storage);
  return {
    /** @param {number} now @returns {boolean} whether to warn */
    note(now) {
      const noted = noteEnding(times, now);
      times = noted.times;
      writeTimes(storage, times);
      return noted.warn;
    },
  };
}

/** @param {Pick<Storage, 'getItem' | 'setItem'>} storage @returns {number[]} */
function readTimes(storage) {
  try {
    const stored = JSON.parse(storage.getItem(INTEGRITY.storageKey) ?? '[]');
    return Array.isArray(stored) ? stored.filter(Number.isFinite) : [];
  } catch {
    return [];
  }
}

/** @param {Pick<Storage, 'getItem' | 'setItem'>} storage @param {number[]} times */
function writeTimes(storage, times) {
  try {
    storage.setItem(INTEGRITY.storageKey, JSON.stringify(times));
  } catch {
    // Storage may be full or forbidden; the count then lives as long as the page.
  }
}
