/** A list of listeners. A listener that throws does not keep news from the others. */

/**
 * @template T
 * @param {(error: unknown) => void} [report] told what a listener threw
 * @returns {{
 *   emit: (value: T) => void,
 *   subscribe: (listener: (value: T) => void) => () => void,
 * }}
 */
export function createEmitter(report = throwLater) {
  /** @type {Set<(value: T) => void>} */
  const listeners = new Set();

  /** @param {(value: T) => void} listener @param {T} value */
  const tell = (listener, value) => {
    try {
      listener(value);
    } catch (error) {
      report(error);
    }
  };

  return {
    emit(value) {
      for (const listener of [...listeners]) {
        tell(listener, value);
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

/** @param {unknown} error reaches the page's error handling, outside of the caller */
function throwLater(error) {
  queueMicrotask(() => {
    throw error;
  });
}
