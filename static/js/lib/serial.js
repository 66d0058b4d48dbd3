/** Asynchronous jobs one after another, in the order given. */

/**
 * @param {(error: unknown) => void} onError called for a job that rejects; the
 *   jobs after it still run
 * @returns {(job: () => void | Promise<void>) => Promise<void>} resolves when the
 *   job is done, whatever became of it
 */
export function createSerial(onError) {
  let last = Promise.resolve();
  return (job) => {
    last = last.then(job).catch(onError);
    return last;
  };
}
