/**
 * Whether this page reaches the server, and the partner is there: the one place
 * that tells the view, so that of several truths the right one is said.
 */

import { createTimer } from '../lib/timer.js';
import { RESUME } from './policy.js';
import { NEAR } from './state.js';

/** @import { Contact, Platform } from './types.js' */

/**
 * @param {Pick<Platform, 'setTimer' | 'clearTimer'>} platform
 * @param {(contact: Contact) => void} onChange
 */
export function createContact(platform, onChange) {
  const greeting = createTimer(platform);
  let contact = NEAR;

  /** @param {Partial<Contact>} changes */
  const change = (changes) => {
    contact = { ...contact, ...changes };
    onChange(contact);
  };
  /** "Back" is said for a moment, then nothing is. */
  const greet = () =>
    greeting.start(RESUME.backMs, () =>
      change({
        own: contact.own === 'back' ? 'here' : contact.own,
        partner: contact.partner === 'back' ? 'here' : contact.partner,
      }),
    );

  return {
    /** @param {number | null} until ms since 1970: when it is too late; null: never */
    lost: (until) => change({ own: 'lost', ownUntil: until }),

    /** @param {number} until ms since 1970 */
    elsewhere: (until) => change({ own: 'elsewhere', ownUntil: until }),

    back() {
      if (contact.own === 'lost' || contact.own === 'elsewhere') {
        change({ own: 'back', ownUntil: null });
        greet();
      }
    },

    /** @param {number | null} until ms since 1970; null: as known before, if at all */
    partnerAway: (until) =>
      change({ partner: 'away', partnerUntil: until ?? contact.partnerUntil }),

    partnerBack() {
      if (contact.partner === 'away') {
        change({ partner: 'back', partnerUntil: null });
        greet();
      }
    },

    /** @param {boolean} blocked the site answers, but no socket opens */
    blocked: (blocked) => change({ blocked }),

    /** Nobody is waited for any more. */
    clear() {
      greeting.stop();
      change({ ...NEAR, blocked: contact.blocked });
    },
  };
}
