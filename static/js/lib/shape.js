/** Checks on values that came from outside, put together from small ones. */

/** @typedef {(value: unknown) => boolean} Check */

/** @type {Check} */
export const text = (value) => typeof value === 'string';

/** @type {Check} */
export const flag = (value) => typeof value === 'boolean';

/** @type {Check} an integer from 0 that a number holds exactly */
export const count = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

/** @type {Check} */
export const amount = (value) => Number.isFinite(value) && Number(value) >= 0;

/** @type {Check} an instant as RFC 3339 writes it */
export const time = (value) => text(value) && !Number.isNaN(Date.parse(String(value)));

/** @type {(check: Check) => Check} missing and null will do */
export const maybe = (check) => (value) =>
  value === undefined || value === null || check(value);

/** @type {(check: Check) => Check} null will do, missing will not */
export const nullable = (check) => (value) => value === null || check(value);

/** @type {(check: Check) => Check} */
export const listOf = (check) => (value) => Array.isArray(value) && value.every(check);

/** @type {(...words: string[]) => Check} */
export const oneOf =
  (...words) =>
  (value) =>
    typeof value === 'string' && words.includes(value);

/** @type {(...checks: Check[]) => Check} */
export const anyOf =
  (...checks) =>
  (value) =>
    checks.some((check) => check(value));

/** @type {(fields: Record<string, Check>) => Check} other fields are ignored */
export const shape = (fields) => (value) =>
  isObject(value) &&
  Object.entries(fields).every(([name, check]) => check(value[name]));

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
