/** What is said while two people talk. `_` is gettext. */

import { stepOf } from '../reading.js';

/** @typedef {import('../../types.js').State} State */
/** @typedef {import('../../types.js').Step} Step */
/** @typedef {import('../../types.js').Partner} Partner */
/** @typedef {import('../../types.js').Translate} Translate */
/** @typedef {import('../reading.js').SeenLine} SeenLine */

/** @param {Translate} _ */
export function conversationWords(_) {
  return {
    /** @param {State} state */
    secrecy: (state) =>
      state.comparedByYou
        ? _('Encrypted, and you compared the code')
        : _('Encrypted, not yet verified'),
    /** @param {State} state */
    route: (state) => routeOf(_, state),
    /** @param {State} state */
    ladderStep: (state) => stepWords(_)[stepOf(state)],
    /** @param {State} state */
    shared: (state) =>
      state.shared.length > 0
        ? _('You share: %s').replace('%s', state.shared.join(', '))
        : '',
    /** @param {State} state */
    ownHandle: (state) =>
      _('For this conversation you are %s.').replace('%s', state.handle ?? ''),
    /** @param {Partner | null} partner @param {(tag: string) => string} languageName */
    partnerFacts: (partner, languageName) => factsOf(_, partner, languageName),
    /** @param {string} badge a word of the wire; one we do not know is shown as it is */
    badge: (badge) => (badge === 'crown' ? _('Crown') : badge),
    /** @param {State} state */
    call: (state) => callOf(_, state),
    /** @param {State} state */
    proposal: (state) => proposalOf(_, state),
    /** @param {Step | null} step */
    stepUp: (step) => (step ? upWords(_)[step] : ''),
    /** @param {Step | null} step */
    stepDown: (step) => (step === 'blurred' ? _('Blur again') : _('Voice only')),
    /** @param {State} state */
    microphone: (state) => (state.media.microphone === 'on' ? _('Mute') : _('Unmute')),
    /** @param {State} state */
    camera: (state) => (state.media.camera === 'on' ? _('Camera off') : _('Camera on')),
    /** @param {State} state */
    typing: (state) => (state.partnerTyping ? _('writing…') : ''),
    /** @param {SeenLine} line */
    who: (line) => (line.who === 'you' ? _('You:') : _('Stranger:')),
    /** @param {SeenLine} line */
    lineText: (line) =>
      line.kind === 'unsupported' ? _('Something this page cannot show.') : line.text,
    /** @param {SeenLine} line */
    lineState: (line) => lineStateOf(_, line),
    /** @param {State} state */
    codeAdvice: (state) => adviceOf(_, state),
    notTaken: () =>
      _('This did not go out: it is too long, or too much is still on its way.'),
  };
}

/** @param {Translate} _ @returns {Record<Step, string>} */
function stepWords(_) {
  return {
    text: _('Text'),
    voice: _('Voice'),
    blurred: _('Blurred'),
    clear: _('Clear picture'),
  };
}

/** @param {Translate} _ @returns {Record<Step, string>} */
function upWords(_) {
  return {
    text: '',
    voice: _('Invite to voice'),
    blurred: _('Invite to video'),
    clear: _('Reveal'),
  };
}

/** @param {Translate} _ @param {State} state */
function routeOf(_, state) {
  if (stepOf(state) === 'text' || !state.route) {
    return '';
  }
  return state.route.state === 'relay'
    ? _('Private relay')
    : _('Direct: they can learn your IP address');
}

/**
 * @param {Translate} _
 * @param {Partner | null} partner
 * @param {(tag: string) => string} languageName
 */
function factsOf(_, partner, languageName) {
  if (!partner) {
    return '';
  }
  const regions = {
    af: _('Africa'),
    as: _('Asia'),
    eu: _('Europe'),
    na: _('North America'),
    oc: _('Oceania'),
    sa: _('South America'),
  };
  const languages = partner.languages.map(languageName).join(', ');
  const region = partner.region ? regions[partner.region] : '';
  return [languages, region].filter(Boolean).join(' · ');
}

/** @param {Translate} _ @param {State} state */
function callOf(_, state) {
  if (state.media.problem) {
    return state.media.problem;
  }
  if (state.connection === 'failed') {
    return _('The call did not get through. You can go on by text.');
  }
  if (state.connection !== 'connected') {
    return _('Connecting the call…');
  }
  return pictureWords(_, state);
}

/** @param {Translate} _ @param {State} state */
function pictureWords(_, state) {
  const sees = stepOf(state) === 'blurred' || stepOf(state) === 'clear';
  return sees && !state.remote.video ? _("Your partner's camera is off.") : '';
}

/** @param {Translate} _ @param {State} state */
function proposalOf(_, state) {
  const proposal = state.ladder?.proposal;
  if (!proposal) {
    return '';
  }
  if (proposal.by === 'you') {
    return _('You asked. Your partner decides in their own time.');
  }
  const invitations = {
    text: '',
    voice: _('Your partner would like to talk by voice.'),
    blurred: _('Your partner would like to see you both, blurred.'),
    clear: _('Your partner would like you both to be seen clearly.'),
  };
  return invitations[proposal.step];
}

/** @param {Translate} _ @param {SeenLine} line */
function lineStateOf(_, line) {
  const states = {
    queued: _('waiting to leave'),
    sent: _('on its way'),
    stamped: _('passed on'),
    received: _('arrived'),
    shown: '',
  };
  const fate = line.last || line.state === 'queued' ? states[line.state] : '';
  const edited = line.edited ? _('changed') : '';
  return [edited, fate].filter(Boolean).join(' · ');
}

/** @param {Translate} _ @param {State} state */
function adviceOf(_, state) {
  if (state.comparedByYou) {
    return _('You said that they match.');
  }
  return stepOf(state) === 'text'
    ? _('Compare it over voice or video: what is written could be changed on the way.')
    : _('Say the pictures aloud, in their order. Then press “They match”.');
}
