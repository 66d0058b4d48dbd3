/** What is said when somebody is not reached for the moment. `_` is gettext. */

import { contactOf } from '../reading.js';

/** @typedef {import('../../types.js').State} State */
/** @typedef {import('../../types.js').Translate} Translate */

/** @param {Translate} _ */
export function contactWords(_) {
  return {
    /** @param {State} state */
    contact: (state) => contactWordsOf(_, state),
    /** @param {number | null} left */
    seconds: (left) =>
      left === null ? '' : _('%s s').replace('%s', String(Math.max(0, left))),
  };
}

/** @param {Translate} _ @param {State} state */
function contactWordsOf(_, state) {
  const talks = state.stage === 'talking';
  const lost = _('Connection lost. Reconnecting…');
  switch (contactOf(state)) {
    case 'here':
      return '';
    case 'elsewhere':
      return _('This site is open in another window, which took over.');
    case 'blocked':
      return _(
        'The site answers, but your network or something in this browser seems to block the live connection. Another network, such as your phone’s, often helps, or this page without VPN and blockers. It keeps trying.',
      );
    case 'lost':
      return talks
        ? `${lost} ${_('Your words are kept on your device.')}`
        : `${lost} ${_('The search then goes on by itself.')}`;
    case 'back':
      return talks ? _('Back again.') : _('Back again. The search goes on.');
    case 'partner-away':
      return _('Waiting for your partner, whose connection was lost.');
    case 'partner-back':
      return _('Your partner is back.');
  }
}
