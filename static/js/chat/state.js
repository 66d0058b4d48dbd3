/**
 * State of the page as a pure function of what happened: state + event → state.
 * What happened is decided in `session.js` and below; nothing here acts.
 */

import { TALK } from './policy.js';

/**
 * @import { Contact, Ended, Ladder, Line, MediaState, Mode, Notice, Partner, Problem, Receipt,
 *   RemoteState, Route, SafetyEmoji, State, Waiting } from './types.js'
 */

/**
 * @typedef {{
 *   type: 'matched', handle: string, partner: Partner, shared: readonly string[],
 *   mode: Mode, ladder: Ladder, route: Route,
 * }} MatchedEvent
 */

/**
 * @typedef {{type: 'mode', mode: Mode} | {type: 'preparing'} | {type: 'connecting'}
 *   | {type: 'queued'} | {type: 'waiting', waiting: Waiting} | {type: 'idle'}
 *   | MatchedEvent
 *   | {type: 'secured', safetyCode: readonly SafetyEmoji[]}
 *   | {type: 'compared'}
 *   | {type: 'ladder', ladder: Ladder} | {type: 'route', route: Route}
 *   | {type: 'typing', active: boolean}
 *   | {type: 'line', line: Line}
 *   | {type: 'progress', keys: readonly string[], state: Line['state']}
 *   | {type: 'media', media: MediaState} | {type: 'remote', remote: RemoteState}
 *   | {type: 'connection', connection: State['connection']}
 *   | {type: 'contact', contact: Contact}
 *   | {type: 'ended', ended: Ended} | {type: 'receipt', receipt: Receipt}
 *   | {type: 'forgotten'} | {type: 'stopped'} | {type: 'failed', problem: Problem}
 *   | {type: 'noticed', notice: Notice} | {type: 'dismissed', key: string}} StateEvent
 */

/** @typedef {StateEvent['type']} EventType */
/**
 * @template {EventType} T
 * @typedef {Extract<StateEvent, {type: T}>} EventOf
 */

/** How far a line of one's own has come; it never goes back. */
/** @type {readonly Line['state'][]} */
const PROGRESS = ['queued', 'sent', 'stamped', 'received'];

/** @type {Pick<State, 'remote' | 'connection' | 'partnerTyping' | 'safetyCode' | 'comparedByYou'>} */
const NO_CALL = {
  remote: { audio: false, video: false, blurred: false },
  connection: 'new',
  partnerTyping: false,
  safetyCode: null,
  comparedByYou: false,
};

/** Everybody is where they should be. @type {Contact} */
export const NEAR = {
  own: 'here',
  ownUntil: null,
  partner: 'here',
  partnerUntil: null,
  blocked: false,
};

/** Nobody met, nothing wrong. */
const ALONE = {
  ...NO_CALL,
  handle: null,
  partner: null,
  shared: [],
  waiting: null,
  ladder: null,
  route: null,
  lines: [],
  ended: null,
  problem: null,
};

/** @param {Mode} mode @returns {State} */
export function initialState(mode) {
  return {
    ...ALONE,
    stage: 'idle',
    mode,
    media: { microphone: 'off', camera: 'off', problem: null },
    contact: NEAR,
    notices: [],
  };
}

/** @type {{[T in EventType]: (state: State, event: EventOf<T>) => State}} */
const TRANSITIONS = {
  mode: (state, { mode }) => ({ ...state, mode }),
  preparing: (state) => ({ ...state, ...ALONE, stage: 'preparing' }),
  connecting: (state) => ({ ...state, ...ALONE, stage: 'connecting' }),
  queued: (state) => ({
    ...state,
    ...ALONE,
    stage: 'waiting',
    waiting: state.stage === 'waiting' ? state.waiting : null,
  }),
  waiting: (state, { waiting }) =>
    state.stage === 'waiting' ? { ...state, waiting } : state,
  idle: (state) => ({ ...state, ...ALONE, stage: 'idle' }),
  matched: (state, { type: _, ...matched }) => ({
    ...state,
    ...ALONE,
    ...matched,
    stage: 'securing',
  }),
  secured: (state, { safetyCode }) => ({ ...state, stage: 'talking', safetyCode }),
  compared: (state) => ({ ...state, comparedByYou: true }),
  ladder: (state, { ladder }) => ({ ...state, ladder }),
  route: (state, { route }) => ({ ...state, route }),
  typing: (state, { active }) => ({ ...state, partnerTyping: active }),
  line: (state, { line }) => ({
    ...state,
    lines: [...state.lines, line].slice(-TALK.lines),
  }),
  progress: (state, { keys, state: reached }) => ({
    ...state,
    lines: state.lines.map((line) =>
      keys.includes(line.key) ? at(line, reached) : line,
    ),
  }),
  media: (state, { media }) => ({ ...state, media }),
  remote: (state, { remote }) => ({ ...state, remote }),
  connection: (state, { connection }) => ({ ...state, connection }),
  contact: (state, { contact }) => ({ ...state, contact }),
  ended: (state, { ended }) => ({
    ...state,
    ...NO_CALL,
    stage: 'ended',
    ladder: null,
    ended,
  }),
  receipt: (state, { receipt }) =>
    state.ended ? { ...state, ended: { ...state.ended, receipt } } : state,
  forgotten: (state) => ({ ...state, lines: [] }),
  stopped: (state) => ({ ...state, ...ALONE, stage: 'stopped' }),
  failed: (state, { problem }) => ({
    ...state,
    ...ALONE,
    stage: 'failed',
    problem,
  }),
  noticed: (state, { notice }) => ({
    ...state,
    notices: [...state.notices.filter((each) => each.code !== notice.code), notice],
  }),
  dismissed: (state, { key }) => ({
    ...state,
    notices: state.notices.filter((notice) => notice.key !== key),
  }),
};

/**
 * @template {EventType} T
 * @param {State} state
 * @param {EventOf<T>} event
 * @returns {State}
 */
export function reduce(state, event) {
  const transition = /** @type {(state: State, event: EventOf<T>) => State} */ (
    TRANSITIONS[event.type]
  );
  return transition(state, event);
}

/** @param {Line} line @param {Line['state']} reached @returns {Line} */
function at(line, reached) {
  const further = PROGRESS.indexOf(reached) > PROGRESS.indexOf(line.state);
  return further ? { ...line, state: reached } : line;
}
