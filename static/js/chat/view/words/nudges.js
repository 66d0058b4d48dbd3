/**
 * What is said about a line that may be regretted, a link, or an age. Calm: it
 * says what is there and what could follow, and accuses nobody. `_` is gettext.
 */

/** @typedef {import('../../types.js').Translate} Translate */
/** @typedef {import('../../nudges.js').NudgeCode} NudgeCode */

/** @param {Translate} _ */
export function nudgeWords(_) {
  return {
    /** @param {NudgeCode} code */
    holdReason: (code) => (code in reach(_) ? reach(_) : value(_))[code] ?? '',
    /** @param {'you' | 'stranger'} who wrote an age under 18 */
    ageNotice: (who) =>
      who === 'you'
        ? _(
            'You wrote an age under 18. If it is yours, please stop here: this place is for adults. You are in no trouble.',
          )
        : _(
            'Your partner wrote an age under 18. If it is true, please say goodbye: this place is for adults. Nobody is in trouble.',
          ),
    /** @param {string} domain */
    openLink: (domain) => _('Open %s in a new tab').replace('%s', () => domain),
  };
}

/** Ways to find or reach the writer. @param {Translate} _ @returns {Partial<Record<NudgeCode, string>>} */
function reach(_) {
  return {
    email: _('An e-mail address. It can lead a stranger to your accounts.'),
    phone: _('A phone number. It can lead a stranger to your name and your home.'),
    address: _('A postal address. A stranger would know where to find you.'),
    elsewhere: _(
      'Another service. What protects you here ends there, and your name there may say who you are.',
    ),
    link: _('A link. It may say more about you than you mean to.'),
    under_age: _(
      'An age under 18. If it is yours, please stop here: this place is for adults. You are in no trouble.',
    ),
  };
}

/** Money and what stands for it. @param {Translate} _ @returns {Partial<Record<NudgeCode, string>>} */
function value(_) {
  return {
    card: _('The number of a payment card. Nobody you meet here needs it.'),
    iban: _('A bank account. It goes with your full name.'),
    crypto: _(
      'An address for digital money. What is sent there cannot be called back.',
    ),
    payment: _('A payment service. It may show your full name.'),
    gift_card: _(
      'A gift card. Most who ask strangers for one are frauds, and a code that was read out is gone.',
    ),
    money: _('A request for money. The rules here do not allow that.'),
  };
}
