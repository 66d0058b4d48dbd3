/** Every sentence that a view says. Errors and endings bring their own from the session. */

import { contactWords } from './words/contact.js';
import { conversationWords } from './words/conversation.js';
import { frameWords } from './words/frame.js';
import { lobbyWords } from './words/lobby.js';
import { nudgeWords } from './words/nudges.js';

/**
 * @param {import('../types.js').Translate} translate
 */
export function createWords(translate) {
  return {
    ...lobbyWords(translate),
    ...conversationWords(translate),
    ...contactWords(translate),
    ...frameWords(translate),
    ...nudgeWords(translate),
  };
}

/** @typedef {ReturnType<typeof createWords>} Words */
