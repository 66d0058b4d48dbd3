/** Tables of sentences: which hold something of one kind, and which do not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findingsIn } from '../../../static/js/chat/nudges.js';

/** @typedef {import('../../../static/js/chat/nudges.js').NudgeCode} NudgeCode */

/**
 * One test a sentence. `«…»` marks what must be found, to the letter; without
 * marks it is enough that something is.
 *
 * @param {NudgeCode} code
 * @param {readonly string[]} sentences
 */
export function finds(code, sentences) {
  for (const sentence of sentences) {
    test(`${code}: ${sentence}`, () => {
      const marked = [...sentence.matchAll(/«([^»]*)»/g)].map(([, inner]) => inner);
      const text = sentence.replaceAll(/[«»]/g, '');
      const found = foundIn(text, code);
      assert.notDeepEqual(found, []);
      if (marked.length > 0) {
        assert.deepEqual(found, marked);
      }
    });
  }
}

/** @param {NudgeCode} code @param {readonly string[]} sentences */
export function passes(code, sentences) {
  for (const sentence of sentences) {
    test(`no ${code}: ${sentence}`, () => {
      assert.deepEqual(foundIn(sentence, code), []);
    });
  }
}

/** @param {string} text @param {NudgeCode} code */
function foundIn(text, code) {
  return findingsIn(text)
    .filter((finding) => finding.code === code)
    .map(({ start, end }) => text.slice(start, end));
}
