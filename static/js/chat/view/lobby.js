/** Waiting: what is known, something to think about, what you would talk about. */

import { createChips } from '../../pages/chips.js';
import { part, say, setText, show } from './dom.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

/** After this long a person is asked whether to widen the search. */
const CHOICE_AFTER_MS = 20_000;

/** @param {ViewContext} context */
export function createLobbyView({ root, session, words, preferences, random }) {
  let wanted = preferences;
  let drawnStage = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const entry = /** @type {HTMLInputElement} */ (part(root, 'interest-input'));
  const chips = createChips({
    root,
    list: part(root, 'interest-chips'),
    entry,
    onChange: (interests) => change({ ...wanted, interests }),
  });
  chips.set(wanted.interests);
  part(root, 'interest-form').addEventListener('submit', (event) => {
    event.preventDefault();
    chips.take();
  });

  /** @param {import('../types.js').Preferences} next */
  const change = (next) => {
    wanted = next;
    void session.actions.join(next);
  };
  const askLater = () => {
    clearTimeout(timer);
    show(part(root, 'choice'), false);
    timer = setTimeout(() => {
      setText(
        part(root, 'choice-words'),
        words.choiceWords(wanted.interests.length > 0),
      );
      show(part(root, 'choice'), wanted.strictness !== 'open');
    }, CHOICE_AFTER_MS);
  };
  /** @param {State} state */
  const enter = (state) => {
    drawnStage = state.stage;
    clearTimeout(timer);
    if (state.stage === 'waiting') {
      askLater();
      const thoughts = words.thoughts();
      setText(
        part(root, 'thought'),
        thoughts[Math.floor(random() * thoughts.length)] ?? '',
      );
    }
  };
  /** @param {State} state */
  const draw = (state) => {
    if (state.stage !== drawnStage) {
      enter(state);
    }
    setText(part(root, 'lobby-title'), words.lobbyTitle(state));
    say(part(root, 'waiting-others'), words.waitingOthers(state));
    say(part(root, 'waiting-expected'), words.waitingExpected(state));
    show(part(root, 'meanwhile'), state.stage !== 'securing');
  };
  const widen = () => {
    show(part(root, 'choice'), false);
    change({ ...wanted, strictness: 'open' });
  };
  return { draw, widen, keepWaiting: askLater, wanted: () => wanted };
}
