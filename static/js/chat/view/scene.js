/** The two lights: one drawing, moved to the screen that is shown. */

import { setAttribute } from './dom.js';
import { sceneOf, sceneSlotOf } from './reading.js';

/** @typedef {import('../types.js').State} State */

/** @param {ParentNode} root */
export function createSceneView(root) {
  const scene = /** @type {SVGElement} */ (root.querySelector('.scene'));

  /** @param {State} state */
  const draw = (state) => {
    const slot = root.querySelector(`[data-scene-slot="${sceneSlotOf(state)}"]`);
    if (slot && scene.parentElement !== slot) {
      slot.append(scene);
    }
    // In the next frame: what has just been moved would change without a motion.
    requestAnimationFrame(() => setAttribute(scene, 'data-scene', sceneOf(state)));
  };
  /** @param {'you' | 'stranger'} who */
  const light = (who) =>
    /** @type {SVGElement} */ (scene.querySelector(`.scene__${who}`));
  return { draw, light };
}
