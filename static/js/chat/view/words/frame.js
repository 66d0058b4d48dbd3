/** Titles, endings, and what is read aloud when something changes. `_` is gettext. */

import { stepOf } from '../reading.js';

/** @typedef {import('../../types.js').State} State */
/** @typedef {import('../../types.js').Receipt} Receipt */
/** @typedef {import('../../types.js').Farewell} Farewell */
/** @typedef {import('../../types.js').Translate} Translate */

/** @param {Translate} _ */
export function frameWords(_) {
  return {
    /** @param {State} state */
    title: (state) => `${titleOf(_, state)} · StrangerSpace`,
    /** @param {Farewell | null} farewell */
    farewell: (farewell) => (farewell ? farewells(_)[farewell] : ''),
    /** @param {Receipt | null} receipt */
    receipt: (receipt) => receiptOf(_, receipt),
    /** @param {State} state */
    awayTitle: (state) =>
      state.stage === 'failed' ? _('That did not work') : _('You left'),
    /** @param {State} state */
    awayWords: (state) =>
      state.stage === 'failed'
        ? (state.problem?.words ?? '')
        : _('Camera and microphone are closed. What was said is not kept here.'),
    /** @param {State} state */
    rejoin: (state) =>
      state.stage === 'failed' ? _('Try again') : _('Find someone new'),
    /** @param {State} before @param {State} now */
    announcement: (before, now) => announcementOf(_, before, now),
  };
}

/** @param {Translate} _ @param {State} state */
function titleOf(_, state) {
  const titles = {
    idle: _('Meet someone'),
    preparing: _('Camera and microphone'),
    connecting: _('Looking for someone'),
    waiting: _('Looking for someone'),
    securing: _('Someone is here'),
    talking: state.partner?.handle ?? _('Talking'),
    ended: _('It ended'),
    stopped: _('You left'),
    failed: _('That did not work'),
  };
  return titles[state.stage];
}

/** @param {Translate} _ @returns {Record<Farewell, string>} */
function farewells(_) {
  return {
    good_chat: _('Their parting word: it was good to talk.'),
    language: _('Their parting word: we share no language.'),
    no_sound: _('Their parting word: I cannot hear you.'),
    brb: _('Their parting word: I have to go for now.'),
  };
}

/** @param {Translate} _ @param {Receipt | null} receipt */
function receiptOf(_, receipt) {
  if (!receipt) {
    return '';
  }
  const minutes = Math.round((receipt.endedAt - receipt.startedAt) / 60_000);
  const length =
    minutes < 1
      ? _('You talked for less than a minute.')
      : _('You talked for about %s min.').replace('%s', String(minutes));
  const kept =
    receipt.kept.length === 0
      ? _('The server kept nothing of it.')
      : _('The server keeps: %s.').replace('%s', receipt.kept.join(', '));
  return `${length} ${kept}`;
}

/** @param {Translate} _ @param {State} before @param {State} now */
function announcementOf(_, before, now) {
  if (before.stage !== now.stage) {
    return stageNews(_, now);
  }
  if (now.ladder?.proposal?.by === 'partner' && !before.ladder?.proposal) {
    return _('Your partner invites you one step further. Yes or not now?');
  }
  return now.stage === 'talking' ? callNews(_, before, now) : '';
}

/** @param {Translate} _ @param {State} now */
function stageNews(_, now) {
  switch (now.stage) {
    case 'waiting':
      return _('Looking for someone.');
    case 'securing':
      return _('Someone is here.');
    case 'talking':
      return _('You are talking with %s.').replace('%s', now.partner?.handle ?? '');
    case 'ended':
      return now.ended?.words ?? '';
    case 'failed':
      return now.problem?.words ?? '';
    default:
      return '';
  }
}

/** @param {Translate} _ @param {State} before @param {State} now */
function callNews(_, before, now) {
  if (stepOf(before) !== stepOf(now)) {
    const steps = {
      text: _('Text only now.'),
      voice: _('Voice is on.'),
      blurred: _('You see each other blurred.'),
      clear: _('You see each other clearly.'),
    };
    return steps[stepOf(now)];
  }
  if (before.media.microphone !== now.media.microphone) {
    return now.media.microphone === 'on' ? _('Microphone on.') : _('Microphone off.');
  }
  if (before.media.camera !== now.media.camera) {
    return now.media.camera === 'on' ? _('Camera on.') : _('Camera off.');
  }
  return '';
}
