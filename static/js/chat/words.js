/**
 * Every sentence that the session says: calm, exact, what happened and what to
 * do next. The view's own words are in `view/words.js`.
 *
 * The parameter is called `gettext` so that Django's `makemessages` finds the
 * strings.
 */

/** @import { Kind } from './ladder.js' */
/** @import { EndedReason, Farewell, ProblemCode, Translate } from './types.js' */

/**
 * @typedef {'denied' | 'missing' | 'busy' | 'unfit' | 'forbidden' | 'insecure'
 *   | 'inactive' | 'lost' | 'unknown'} DeviceTrouble
 */

/**
 * @typedef {'declined' | 'unanswered' | 'not_possible' | 'too_long'
 *   | 'too_fast' | 'compare_aloud' | 'integrity_repeated'
 *   | 'call_failed'} NoticeCode
 */

/** @typedef {ReturnType<typeof createWords>} Words */

/** @param {Translate} gettext */
export function createWords(gettext) {
  return {
    /** @param {readonly Kind[]} kinds @param {DeviceTrouble} trouble */
    device(kinds, trouble) {
      const which = kinds.length > 1 ? 'both' : (kinds[0] ?? 'audio');
      return deviceSentences(gettext)[trouble][which];
    },
    /** @param {EndedReason} reason @param {Farewell | null} farewell */
    ended(reason, farewell) {
      const sentence = endedSentences(gettext)[reason];
      return farewell
        ? `${sentence} ${farewellSentences(gettext)[farewell]}`
        : sentence;
    },
    /** @param {ProblemCode} code */
    problem: (code) => problemSentences(gettext)[code],
    /** @param {NoticeCode} code */
    notice: (code) => noticeSentences(gettext)[code],
  };
}

/**
 * @param {Translate} gettext
 * @returns {Record<DeviceTrouble, Record<Kind | 'both', string>>}
 */
function deviceSentences(gettext) {
  return {
    denied: {
      audio: gettext(
        'Your browser keeps the microphone closed. You can allow it beside the address of this page, then ask again.',
      ),
      video: gettext(
        'Your browser keeps the camera closed. You can allow it beside the address of this page, then ask again.',
      ),
      both: gettext(
        'Your browser keeps camera and microphone closed. You can allow them beside the address of this page, then ask again.',
      ),
    },
    missing: {
      audio: gettext(
        'No microphone was found. Connect one and ask again, or go on without.',
      ),
      video: gettext(
        'No camera was found. Connect one and ask again, or go on without.',
      ),
      both: gettext('No camera and no microphone were found.'),
    },
    busy: {
      audio: gettext(
        'The microphone could not be started. Another program may be using it. Close that and ask again.',
      ),
      video: gettext(
        'The camera could not be started. Another program may be using it. Close that and ask again.',
      ),
      both: gettext(
        'Camera and microphone could not be started. Another program may be using them. Close that and ask again.',
      ),
    },
    unfit: {
      audio: gettext('This microphone cannot do what a call needs. Try another one.'),
      video: gettext('This camera cannot do what a call needs. Try another one.'),
      both: gettext(
        'This camera and microphone cannot do what a call needs. Try others.',
      ),
    },
    forbidden: {
      audio: gettext(
        'This device or network does not let web pages use the microphone. Its settings can change that.',
      ),
      video: gettext(
        'This device or network does not let web pages use the camera. Its settings can change that.',
      ),
      both: gettext(
        'This device or network does not let web pages use camera and microphone. Its settings can change that.',
      ),
    },
    insecure: {
      audio: gettext(
        'The microphone opens only on a secure page. Open this site with https and try again.',
      ),
      video: gettext(
        'The camera opens only on a secure page. Open this site with https and try again.',
      ),
      both: gettext(
        'Camera and microphone open only on a secure page. Open this site with https and try again.',
      ),
    },
    inactive: {
      audio: gettext(
        'The microphone opens only while this page is in front. Come back to it and ask again.',
      ),
      video: gettext(
        'The camera opens only while this page is in front. Come back to it and ask again.',
      ),
      both: gettext(
        'Camera and microphone open only while this page is in front. Come back to it and ask again.',
      ),
    },
    lost: {
      audio: gettext(
        'The microphone stopped. It may be unplugged or no longer allowed.',
      ),
      video: gettext('The camera stopped. It may be unplugged or no longer allowed.'),
      both: gettext(
        'Camera and microphone stopped. They may be unplugged or no longer allowed.',
      ),
    },
    unknown: {
      audio: gettext(
        'The microphone did not open, and the browser does not say why. You can ask again.',
      ),
      video: gettext(
        'The camera did not open, and the browser does not say why. You can ask again.',
      ),
      both: gettext(
        'Camera and microphone did not open, and the browser does not say why. You can ask again.',
      ),
    },
  };
}

/** @param {Translate} gettext @returns {Record<EndedReason, string>} */
function endedSentences(gettext) {
  return {
    left: gettext('You left.'),
    partner_left: gettext('Your partner left.'),
    partner_lost: gettext('Your partner lost the connection.'),
    expired: gettext(
      'The connection was lost for too long, so this conversation is over. You can look for someone new.',
    ),
    moderated: gettext('A moderator ended this conversation.'),
    integrity: gettext(
      'A security check failed, so this conversation was ended. Nothing that failed it was shown.',
    ),
  };
}

/** @param {Translate} gettext @returns {Record<Farewell, string>} */
function farewellSentences(gettext) {
  return {
    good_chat: gettext('They say: good chat.'),
    language: gettext('They say: we do not share a language.'),
    no_sound: gettext('They say: the sound did not work.'),
    brb: gettext('They say: be right back.'),
  };
}

/** @param {Translate} gettext @returns {Record<ProblemCode, string>} */
function problemSentences(gettext) {
  return {
    insecure: gettext(
      'This page is not secure, so the browser offers no encryption here. Open this site with https, or on this machine as localhost.',
    ),
    unsupported: gettext(
      'This browser cannot encrypt conversations. A newer one can. Nothing was sent.',
    ),
    unreachable: gettext(
      'The server cannot be reached. Check your connection and try again.',
    ),
    visitor_required: gettext(
      'This site needs a cookie to know your browser from others. Allow cookies here, then load the page again.',
    ),
    age_required: gettext('Please state your age first.'),
    admission_required: gettext(
      'This server first asks new visitors for a short calculation. Load the page again to begin it.',
    ),
    suspended: gettext(
      'You cannot meet people here at the moment. The reasons, and how to disagree with them, are in the statement.',
    ),
    taken_over: gettext(
      'This site is open in another window, which took over. You can go on there, or come back to this one.',
    ),
    not_this_protocol: gettext(
      'This page and the server do not understand each other. Load the page again; if that does not help, it is our mistake.',
    ),
    overloaded: gettext('The server is busy. Wait a moment, then try again.'),
    mode_not_allowed: gettext(
      'This kind of conversation is not open to you here. You can choose another one.',
    ),
  };
}

/** @param {Translate} gettext @returns {Record<NoticeCode, string>} */
function noticeSentences(gettext) {
  return {
    declined: gettext('Your partner would rather not, for now.'),
    unanswered: gettext('Your partner did not answer. You can ask again later.'),
    not_possible: gettext('That is not possible now.'),
    too_long: gettext('That is too long for one message. Send it in parts.'),
    too_fast: gettext('Your earlier messages are still leaving. Wait a moment.'),
    compare_aloud: gettext(
      'Compare the pictures by voice or video. What is typed could be changed on the way.',
    ),
    integrity_repeated: gettext(
      'Three conversations in the last hour ended because a security check failed. Someone between you and your partners may be trying to listen. Change the network, or stop for today.',
    ),
    call_failed: gettext(
      'The call cannot find its way between your networks. You can go on in text.',
    ),
  };
}
