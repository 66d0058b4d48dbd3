/** What is said before two people meet. `_` is gettext. */

import { devicesOpen } from '../reading.js';

/** @typedef {import('../../types.js').State} State */
/** @typedef {import('../../types.js').Translate} Translate */

/** @param {Translate} _ */
export function lobbyWords(_) {
  return {
    /** @param {State} state */
    lobbyTitle: (state) => titleOf(_, state),
    /** @param {State} state */
    waitingOthers: (state) => othersOf(_, state),
    /** @param {State} state */
    waitingExpected: (state) => expectedOf(_, state),
    /** @param {State} state */
    previewWords: (state) => previewOf(_, state),
    /** @param {State} state */
    joinWords: (state) =>
      state.mode !== 'text' && !devicesOpen(state)
        ? _('Go on without it')
        : _('Find someone'),
    /** @param {boolean} interests whether any is named */
    choiceWords: (interests) =>
      interests
        ? _('Nobody has named what you named yet.')
        : _('Nobody who fits has come yet.'),
    askAgain: () => _('Ask again'),
    ready: () => _('Ready when you are'),
    thoughts: () => thoughtsOf(_),
  };
}

/** @param {Translate} _ @param {State} state */
function titleOf(_, state) {
  switch (state.stage) {
    case 'securing':
      return _('Someone is here');
    case 'waiting':
      return _('Looking for someone');
    default:
      return _('One moment');
  }
}

/** @param {Translate} _ @param {State} state */
function othersOf(_, state) {
  if (state.stage === 'securing') {
    return _('Making it readable for the two of you alone.');
  }
  const others = state.waiting?.others;
  if (state.stage !== 'waiting' || others === undefined) {
    return '';
  }
  if (others === 0) {
    return _('Nobody else is waiting right now. Your light is on.');
  }
  return others === 1
    ? _('One other person is waiting too.')
    : _('%s other people are waiting too.').replace('%s', String(others));
}

/** @param {Translate} _ @param {State} state */
function expectedOf(_, state) {
  if (state.stage !== 'waiting' || !state.waiting) {
    return '';
  }
  const { expected } = state.waiting;
  return expected
    ? _('Usually it takes between %a and %b seconds.')
        .replace('%a', String(Math.max(1, Math.round(expected.p50))))
        .replace('%b', String(Math.max(2, Math.round(expected.p90))))
    : _("How long it takes, we don't know yet.");
}

/** @param {Translate} _ @param {State} state */
function previewOf(_, state) {
  if (!devicesOpen(state)) {
    return state.media.problem
      ? ''
      : _('Your browser is asking you now. Nothing is sent before you meet someone.');
  }
  return state.media.camera === 'off'
    ? _('Say something: the lights follow your voice. Only this device hears it.')
    : _('This is you. Nobody else sees it yet.');
}

/** @param {Translate} _ */
function thoughtsOf(_) {
  return [
    _('What did you last change your mind about?'),
    _('Which smell takes you straight back somewhere?'),
    _('What are you better at than people expect?'),
    _('What would you show a visitor of your town first?'),
    _('Which small thing made this week better?'),
    _('What do you know by heart?'),
    _('Which sound do you miss?'),
    _('What would you learn, had you a free year?'),
    _('What was the last thing you mended?'),
    _('Which question do you wish people asked you?'),
    _('What do you cook when nobody is looking?'),
    _('Where do you go when you want quiet?'),
  ];
}
