/** Holds the state, replaces it on every event, and tells who listens. */

import { createEmitter } from '../lib/emitter.js';
import { initialState, reduce } from './state.js';

/** @import { StateEvent } from './state.js' */
/** @import { Mode, State } from './types.js' */

/** @param {Mode} mode */
export function createStore(mode) {
  /** @type {ReturnType<typeof createEmitter<State>>} */
  const changes = createEmitter();
  let state = initialState(mode);
  return {
    get: () => state,
    subscribe: changes.subscribe,

    /** @param {StateEvent} event */
    dispatch(event) {
      state = reduce(state, event);
      changes.emit(state);
    },
  };
}
