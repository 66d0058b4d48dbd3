/** A list of listeners. A listener that throws does not keep news from the others. */

/**
 * @template T
 * @returns {{
 *   emit: (value: T) => void,
 *   subscribe: (listener: (value: T) => void) => () => void,
 * }}
 */
export function createEmitter() {
  /** @type {Set<(value: T) => void>} */
  const listeners = new Set();
  return {
    emit(value) {
      for (const listener of [...listeners]) {
        deliver(listener, value);
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/**
 * @template T
 * @param {(value: T) => void} listener
 * @param {T} value
 */
function deliver(listener, value) {
  try {
    listener(value);
  } catch (error) {
    reportLater(error);
  }
}

/** @param {unknown} error reaches the page's error handling, outside of the caller */
function reportLater(error) {
  queueMicrotask(() => {
    throw error;
  });
}
