/** Tells when a second window of this browser waits too: both are one person. */

/** @typedef {import('../types.js').State} State */

/**
 * @param {Pick<BroadcastChannel, 'postMessage' | 'onmessage'>} channel
 * @param {(other: boolean) => void} tell
 */
export function createOtherWindow(channel, tell) {
  let waiting = false;
  channel.onmessage = ({ data }) => {
    if (!waiting) {
      return;
    }
    tell(data !== 'left');
    if (data === 'asks') {
      channel.postMessage('waits');
    }
  };
  /** @param {State} state */
  const draw = (state) => {
    const now = state.stage === 'waiting';
    if (now !== waiting) {
      waiting = now;
      tell(false);
      channel.postMessage(now ? 'asks' : 'left');
    }
  };
  return { draw };
}
