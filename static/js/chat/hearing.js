/** What each frame of the server means, and whom it concerns. */

import { JOIN_REF } from './queue.js';
import { unreachable } from './wire.js';

/** @import { Conversation } from './conversation.js' */
/**
 * @import { ConversationEnded, ErrorFrame, Hello, Matched, ServerFrame,
 *   ServerNotice } from './frames.js'
 */
/** @import { StateEvent } from './state.js' */
/** @import { ProblemCode } from './types.js' */

/**
 * @param {object} options
 * @param {ReturnType<typeof import('./seeking.js').createSeeking>} options.seeking
 * @param {(event: StateEvent) => void} options.dispatch
 * @param {() => Conversation | null} options.present
 * @param {(frame: Matched) => void} options.onMatched
 * @param {(frame: ConversationEnded) => void} options.onEnded
 * @param {() => void} options.onLeft
 * @param {(problem: ProblemCode) => void} options.onRefused nobody can be looked for
 */
export function createHearing({ seeking, dispatch, present, ...on }) {
  /** @type {string | null} named by the last notice about a sanction */
  let caseCode = null;

  /** @param {ServerNotice} frame */
  const onNotice = ({ code, text, case_code }) => {
    caseCode = case_code ?? caseCode;
    dispatch({ type: 'noticed', notice: { key: code, code, words: text } });
  };

  /** @param {string | null | undefined} id @returns {Conversation | null} */
  const concerned = (id) => {
    const conversation = present();
    return conversation?.id === id ? conversation : null;
  };

  /** @param {ErrorFrame} frame */
  const onError = (frame) => {
    if (frame.ref === JOIN_REF) {
      const problem = seeking.refused(frame);
      if (problem) {
        on.onRefused(problem);
      }
    } else if (frame.ref && frame.ref === present()?.ladderRef) {
      present()?.ladderRefused();
    } else if (typeof frame.seq === 'number') {
      concerned(frame.conversation)?.refused(frame);
    }
  };

  /** @param {Exclude<ServerFrame, Hello>} frame */
  const take = (frame) => {
    switch (frame.type) {
      case 'queue.waiting':
        return seeking.waiting(frame);
      case 'queue.left':
        return on.onLeft();
      case 'conversation.matched':
        return on.onMatched(frame);
      case 'conversation.ended':
        return on.onEnded(frame);
      case 'e2e.commit':
      case 'e2e.reveal':
      case 'e2e.confirm':
      case 'signal':
      case 'ice.servers':
      case 'ladder.state':
      case 'route.state':
      case 'typing':
      case 'partner.away':
      case 'partner.back':
      case 'conversation.resumed':
        return void concerned(frame.conversation)?.take(frame);
      case 'notice':
        return onNotice(frame);
      case 'error':
        return onError(frame);
      case 'pong':
        return undefined;
      default:
        return unreachable(frame);
    }
  };

  return { take, caseCode: () => caseCode };
}
