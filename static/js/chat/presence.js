/**
 * Who of the two has a socket that takes part in the conversation, and what that
 * means for its parts: nothing is said by or to who is away, a call goes on, and
 * after a resume each part goes on from what the relay says.
 */

import { ensure } from './integrity.js';
import { unreachable } from './wire.js';

/** @import { Matched, PartnerAway, PartnerBack, Resume, Resumed } from './frames.js' */
/** @import { Platform } from './types.js' */

/** @typedef {PartnerAway | PartnerBack | Resumed} PresenceFrame */

/**
 * @typedef {object} Parts of the conversation
 * @property {() => ReturnType<typeof import('./channel.js').createChannel> | null} channel
 * @property {ReturnType<typeof import('./typing.js').createTyping>} typing
 * @property {ReturnType<typeof import('./consent.js').createConsent>} consent
 * @property {ReturnType<typeof import('./calling.js').createCalling>} calling
 */

/**
 * @param {object} options
 * @param {Pick<Platform, 'now'>} options.platform
 * @param {Matched} options.matched
 * @param {(job: () => void) => void} options.run the conversation's queue of jobs
 * @param {(frame: Resume) => void} options.send
 * @param {ReturnType<typeof import('./contact.js').createContact>} options.contact
 * @param {() => void} options.onResumed
 * @param {Parts} parts
 */
export function createPresence(options, { channel, typing, consent, calling }) {
  const { platform, matched, run, contact } = options;
  let here = true;
  let partnerHere = true;
  /** Counts resumes: of two that wait for their turn, the later is sent. */
  let asked = 0;

  const bothHere = () => here && partnerHere;
  const goOn = () => {
    if (bothHere()) {
      calling.goOn();
    }
  };

  /** @param {Resumed} frame */
  const resumed = ({ slot, accepted, acked, partner, ladder, ...news }) => {
    const open = channel();
    ensure(open, 'resume', 'before the handshake');
    if (here) {
      return undefined;
    }
    here = true;
    partnerHere = partner === 'here';
    options.onResumed();
    if (partnerHere) {
      contact.partnerBack();
    } else {
      contact.partnerAway(null);
    }
    consent.resumed(ladder);
    calling.resumed(news);
    goOn();
    return open.resumed({ slot, accepted, acked, partnerHere });
  };

  /** @param {PartnerAway} frame */
  const partnerAway = ({ grace_seconds }) => {
    partnerHere = false;
    typing.partner(false);
    contact.partnerAway(platform.now() + grace_seconds * 1000);
    calling.pause();
    channel()?.partnerAway();
  };

  const partnerBack = () => {
    partnerHere = true;
    contact.partnerBack();
    goOn();
    return channel()?.partnerBack();
  };

  return {
    bothHere,

    /** whether our socket takes part */
    here: () => here,

    /** @param {PresenceFrame} frame @returns {void | Promise<void>} a job of `run` */
    take(frame) {
      switch (frame.type) {
        case 'partner.away':
          return partnerAway(frame);
        case 'partner.back':
          return partnerBack();
        case 'conversation.resumed':
          return resumed(frame);
        default:
          return unreachable(frame);
      }
    },

    /** Our socket is gone. What had arrived on it still counts. */
    lost() {
      here = false;
      typing.sent();
      typing.partner(false);
      consent.lost();
      calling.pause();
      channel()?.lost();
    },

    /** Ask the server, on a new socket, to go on from what we have received. */
    resume() {
      asked += 1;
      const ours = asked;
      const { conversation, resume_token } = matched;
      run(() => {
        const open = channel();
        if (ours === asked && open) {
          const received = open.received();
          options.send({ type: 'resume', conversation, resume_token, received });
        }
      });
    },
  };
}
