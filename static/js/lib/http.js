/**
 * JSON over HTTP to this site's own API: cookies and the CSRF token go along;
 * a refusal is a value in the shape of RFC 9457, never an exception.
 */

import { isObject } from './shape.js';

/**
 * @typedef {object} Refusal
 * @property {false} ok
 * @property {number} status 0: the server was not reached
 * @property {string} code the API's own code, or `unreachable`, or `unknown`
 * @property {string} detail
 * @property {number | null} retryAfterSeconds
 * @property {string | null} caseCode
 */

/** @typedef {{ok: true, data: unknown}} Success */

/**
 * @typedef {object} HttpPlatform
 * @property {(input: string, init: RequestInit) => Promise<Response>} fetch
 * @property {() => string} csrfToken
 */

/**
 * @param {HttpPlatform} platform
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<Success | Refusal>}
 */
export async function postJson(platform, path, body) {
  const response = await send(platform, path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'X-CSRFToken': platform.csrfToken(),
    },
    body: JSON.stringify(body),
  });
  return response ? answerOf(response) : refusal({ status: 0, code: 'unreachable' });
}

/**
 * @param {string} cookies as in `document.cookie`
 * @param {string} name
 * @returns {string} the cookie's value, or an empty string
 */
export function cookieValue(cookies, name) {
  const entry = cookies
    .split('; ')
    .map((pair) => pair.split('='))
    .find(([key]) => key === name);
  return entry ? decodeURIComponent(entry.slice(1).join('=')) : '';
}

/**
 * @param {HttpPlatform} platform
 * @param {string} path
 * @param {RequestInit} init
 */
async function send(platform, path, init) {
  try {
    return await platform.fetch(path, init);
  } catch {
    return null;
  }
}

/** @param {Response} response @returns {Promise<Success | Refusal>} */
async function answerOf(response) {
  const data = await bodyOf(response);
  if (response.ok && data !== undefined) {
    return { ok: true, data };
  }
  return refusalOf(response, isObject(data) ? data : {});
}

/** @param {Response} response @returns {Promise<unknown>} undefined: not JSON */
async function bodyOf(response) {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

/**
 * @param {Response} response
 * @param {Record<string, unknown>} problem
 */
function refusalOf(response, problem) {
  const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return refusal({
    status: response.status,
    code: textOr(problem.code, 'unknown'),
    detail: textOr(problem.detail, ''),
    retryAfterSeconds: Number.isNaN(seconds) ? null : seconds,
    caseCode: textOr(problem.case_code, '') || null,
  });
}

/**
 * @param {{status: number, code: string} & Partial<Refusal>} known
 * @returns {Refusal}
 */
function refusal(known) {
  return { ok: false, detail: '', retryAfterSeconds: null, caseCode: null, ...known };
}

/** @param {unknown} value @param {string} otherwise */
function textOr(value, otherwise) {
  return typeof value === 'string' ? value : otherwise;
}
