/**
 * What is to be done about a lost socket: a conversation waits to be resumed, a
 * leave waits to be said, and the view is told who is waited for. When nothing is
 * waited for any more, no socket is kept.
 */

import { createContact } from './contact.js';
import { createParting } from './parting.js';
import { createResumption } from './resumption.js';

/** @import { Hello, Leave } from './frames.js' */
/** @import { StateEvent } from './state.js' */
/** @import { Platform } from './types.js' */

/**
 * @param {object} options
 * @param {Platform} options.platform
 * @param {(event: StateEvent) => void} options.dispatch
 * @param {() => ReturnType<typeof import('./link.js').createLink>} options.link
 * @param {() => boolean} options.busy whether there is a conversation or a search
 * @param {() => void} options.resume ask, on the socket that is there now
 * @param {() => void} options.onOver too late to resume
 */
export function createRecovery({ platform, dispatch, link, busy, resume, onOver }) {
  const contact = createContact(platform, (now) =>
    dispatch({ type: 'contact', contact: now }),
  );
  const resumption = createResumption({
    platform,
    ask: resume,
    renew: () => void link().renew(),
    onOver,
  });
  const parting = createParting({ platform, onLapsed: () => restIfIdle() });

  const restIfIdle = () => {
    if (!busy() && !parting.pending) {
      link().stop();
      contact.clear();
    }
  };

  return {
    contact,
    restIfIdle,
    wake: resumption.wake,
    ready: resumption.ready,

    /** whether a leave still waits to be said */
    get parting() {
      return parting.pending;
    },

    /** @param {Hello} hello the first word on a new socket */
    greeted({ limits }) {
      resumption.setWindow(limits.resume_window_seconds * 1000);
      const leave = parting.take();
      if (leave) {
        link().send(leave);
        link().remember(null);
      }
    },

    /** A conversation waits for its next socket. */
    wait() {
      const until = resumption.lost();
      if (until !== null) {
        contact.lost(until);
      }
    },

    /** A conversation waits, but another window took over. */
    waitElsewhere() {
      const until = resumption.lost();
      if (until !== null) {
        contact.elsewhere(until);
      }
    },

    /** The conversation goes on. */
    resumed() {
      resumption.settle();
      contact.back();
    },

    /** The conversation is over: nobody is waited for. */
    settle() {
      resumption.settle();
      contact.clear();
      if (!parting.pending) {
        link().remember(null);
      }
    },

    /** What was not said is not said any more. */
    drop: parting.take,

    /** @param {Leave} leave now, or on the next socket if one is on its way */
    sendLeave(leave) {
      if (link().ready) {
        link().send(leave);
      } else {
        parting.keep(leave);
      }
    },
  };
}
