/**
 * What a state means for the eye: which screen, which layout, which steps can
 * be taken, which lines are seen. Pure; no page, no words.
 */

/** @typedef {import('../types.js').State} State */
/** @typedef {import('../types.js').Step} Step */
/** @typedef {import('../types.js').Line} Line */
/** @typedef {import('../types.js').Ladder} Ladder */
/** @typedef {'alone' | 'searching' | 'matched' | 'ended'} Scene */
/**
 * @typedef {'here' | 'elsewhere' | 'blocked' | 'lost' | 'back' | 'partner-away'
 *   | 'partner-back'} ContactKind
 */
/** @typedef {'lobby' | 'stage' | 'ending' | 'away'} SceneSlot */

/** @type {readonly Step[]} lowest first */
export const STEPS = ['text', 'voice', 'blurred', 'clear'];

/**
 * A line as it is seen: edits are in its text, reactions hang on it.
 *
 * @typedef {object} SeenLine
 * @property {string} key
 * @property {'you' | 'stranger'} who
 * @property {'text' | 'note' | 'unsupported'} kind
 * @property {string} text
 * @property {Line['state']} state
 * @property {boolean} edited
 * @property {string} reaction an emoji, or empty
 * @property {boolean} first the first of a run by the same person
 * @property {boolean} last your own latest line
 */

/** @param {State} state @returns {Step} */
export function stepOf(state) {
  return state.ladder?.step ?? 'text';
}

/** @param {State} state @returns {'text' | 'call' | 'ended'} */
export function layoutOf(state) {
  if (state.stage === 'ended') {
    return 'ended';
  }
  return state.stage === 'talking' && stepOf(state) !== 'text' ? 'call' : 'text';
}

/** @type {Readonly<Record<State['stage'], Scene>>} */
const SCENES = {
  idle: 'alone',
  preparing: 'alone',
  connecting: 'searching',
  waiting: 'searching',
  securing: 'matched',
  talking: 'matched',
  ended: 'ended',
  stopped: 'ended',
  failed: 'alone',
};

/** @param {State} state @returns {Scene} */
export function sceneOf(state) {
  return SCENES[state.stage];
}

/** @type {Readonly<Record<State['stage'], SceneSlot>>} */
const SLOTS = {
  idle: 'lobby',
  preparing: 'lobby',
  connecting: 'lobby',
  waiting: 'lobby',
  securing: 'lobby',
  talking: 'stage',
  ended: 'ending',
  stopped: 'away',
  failed: 'away',
};

/** @param {State} state @returns {SceneSlot} */
export function sceneSlotOf(state) {
  return SLOTS[state.stage];
}

/** @type {readonly State['stage'][]} stages that need a connection */
const CONNECTED = ['connecting', 'waiting', 'securing', 'talking'];

/** @param {State} state @returns {ContactKind} of all that is true, what matters most */
export function contactOf({ stage, contact }) {
  const { own, partner, blocked } = contact;
  if (!CONNECTED.includes(stage)) {
    return 'here';
  }
  if (own === 'elsewhere') {
    return own;
  }
  if (blocked) {
    return 'blocked';
  }
  if (own !== 'here') {
    return own;
  }
  return partner === 'here' ? 'here' : `partner-${partner}`;
}

/** @param {State} state @returns {number | null} ms since 1970: when waiting ends */
export function contactUntil(state) {
  const { ownUntil, partnerUntil } = state.contact;
  switch (contactOf(state)) {
    case 'elsewhere':
    case 'blocked':
    case 'lost':
      return ownUntil;
    case 'partner-away':
      return partnerUntil;
    default:
      return null;
  }
}

/** @param {Ladder | null} ladder @returns {Step | null} the step that may be proposed */
export function stepUp(ladder) {
  if (!ladder) {
    return null;
  }
  const next = STEPS[STEPS.indexOf(ladder.step) + 1];
  return next && STEPS.indexOf(next) <= STEPS.indexOf(ladder.max) ? next : null;
}

/** @param {Ladder | null} ladder @returns {Step | null} one step back within a call */
export function stepDown(ladder) {
  const rank = ladder ? STEPS.indexOf(ladder.step) : 0;
  return rank >= 2 ? (STEPS[rank - 1] ?? null) : null;
}

/** @param {State} state whether a device is open */
export function devicesOpen(state) {
  return state.media.microphone !== 'off' || state.media.camera !== 'off';
}

/**
 * @param {readonly Line[]} lines oldest first
 * @returns {SeenLine[]} oldest first
 */
export function seenLines(lines) {
  /** @type {Map<string, SeenLine>} */
  const seen = new Map();
  for (const line of lines) {
    takeIn(seen, line);
  }
  return marked([...seen.values()]);
}

/** @param {Map<string, SeenLine>} seen @param {Line} line */
function takeIn(seen, line) {
  const target = line.target === null ? undefined : seen.get(line.target);
  if (line.kind === 'edit' || line.kind === 'reaction') {
    if (target) {
      seen.set(target.key, changed(target, line));
    }
    return;
  }
  const { key, who, kind, text, state } = line;
  seen.set(key, {
    key,
    who,
    kind,
    text,
    state,
    edited: false,
    reaction: '',
    first: false,
    last: false,
  });
}

/** @param {SeenLine} target @param {Line} line an edit or a reaction */
function changed(target, line) {
  return line.kind === 'edit'
    ? { ...target, text: line.text, edited: true }
    : { ...target, reaction: line.text };
}

/** @param {SeenLine[]} lines */
function marked(lines) {
  const lastOwn = lines.findLastIndex((line) => line.who === 'you');
  return lines.map((line, index) => ({
    ...line,
    first: lines[index - 1]?.who !== line.who,
    last: index === lastOwn,
  }));
}
