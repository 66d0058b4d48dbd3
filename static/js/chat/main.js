/** The page of a meeting begins here: the only module with effects when loaded. */

import { browserPlatform } from './platform.js';
import { createSession } from './session.js';
import { part, show } from './view/dom.js';
import { createMeter } from './view/level.js';
import { createOtherWindow } from './view/other_window.js';
import { createTalkView } from './view/talk.js';
import { createWords } from './view/words.js';

const root = document.querySelector('[data-page="talk"]');
const embedded = document.getElementById('preferences');

if (root instanceof HTMLElement && embedded) {
  begin(root, JSON.parse(embedded.textContent ?? ''));
}

/**
 * @param {HTMLElement} root
 * @param {import('./types.js').Preferences} preferences
 */
function begin(root, preferences) {
  const platform = browserPlatform(window);
  const session = createSession({ platform, preferences });
  const names = new Intl.DisplayNames(document.documentElement.lang, {
    type: 'language',
  });
  const view = createTalkView({
    root,
    session,
    preferences,
    words: createWords(platform.translate),
    meter: createMeter(window.AudioContext),
    languageName: (tag) => names.of(tag) ?? tag,
    now: platform.now,
    random: platform.random,
    keyboard: window.matchMedia('(hover: hover) and (pointer: fine)').matches,
    storage: platform.storage,
  });
  const otherWindow = createOtherWindow(
    new BroadcastChannel('strangerspace.waiting'),
    (other) => show(part(root, 'other-window'), other),
  );
  session.subscribe((state) => {
    view.draw(state);
    otherWindow.draw(state);
  });
  view.draw(session.getState());
}
