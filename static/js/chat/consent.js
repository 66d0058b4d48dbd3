/**
 * One conversation's way up and down the ladder: devices open before anything is
 * proposed or accepted, close when what they were opened for is not to be, and
 * going down stops sending before a word goes out.
 *
 * A lost socket closes every question. What is carried goes on; whether our last
 * word arrived, the ladder of the resume tells.
 */

import {
  beginningLadder,
  carriedAt,
  fateOfProposal,
  isAbove,
  KINDS,
  ladderAfter,
  lower,
} from './ladder.js';

/** @import { LadderMove, LadderState, WireLadder } from './frames.js' */
/** @import { Kind } from './ladder.js' */
/** @import { Ladder, Step } from './types.js' */
/** @import { NoticeCode } from './words.js' */

/**
 * @typedef {object} ConsentOptions
 * @property {WireLadder} beginning
 * @property {{open: (kinds: readonly Kind[]) => Promise<boolean>,
 *   release: (kinds: readonly Kind[]) => void}} media
 * @property {() => number} now
 * @property {(move: Pick<LadderMove, 'type' | 'step'>) => void} send
 * @property {(ladder: Ladder) => void} onLadder
 * @property {(step: Step) => void} onStep nothing above it may be sent or shown
 * @property {(code: NoticeCode) => void} onNotice
 */

/** @param {ConsentOptions} options */
export function createConsent(options) {
  const { media, now, send } = options;
  let ladder = beginningLadder(options.beginning);
  /** @type {Step | null} where we said we go down to, until the server agrees */
  let down = null;
  /** @type {Step | null} where we asked to go, or agreed to, until it is settled */
  let reaching = null;
  let here = true;
  let closed = false;

  const ceiling = () => lower(ladder.step, down ?? 'clear');

  const releaseUnneeded = () => {
    const needed = [...carriedAt(ceiling()), ...carriedAt(reaching ?? 'text')];
    const unneeded = KINDS.filter((kind) => !needed.includes(kind));
    if (unneeded.length > 0) {
      media.release(unneeded);
    }
  };

  /** @param {Ladder} after */
  const settle = (after) => {
    down = down && isAbove(after.step, down) ? down : null;
    const open = after.proposal !== null && isAbove(reaching ?? 'text', after.step);
    reaching = open ? reaching : null;
  };

  /** @param {Ladder} after */
  const adopt = (after) => {
    ladder = after;
    settle(after);
    options.onLadder(ladder);
    options.onStep(ceiling());
    releaseUnneeded();
  };

  /** @param {Step} step @returns {Promise<boolean>} whether to go on */
  const openFor = async (step) => {
    reaching = step;
    const carried = carriedAt(ladder.step);
    const opened = await media.open(
      carriedAt(step).filter((kind) => !carried.includes(kind)),
    );
    const goOn = opened && reaching === step && here && !closed;
    if (!goOn && !closed && reaching === step) {
      reaching = null;
      releaseUnneeded();
    }
    return goOn;
  };

  return {
    ceiling,

    /** @param {LadderState} news */
    news(news) {
      const after = ladderAfter(ladder, news, now());
      if (!after) {
        return;
      }
      const fate = fateOfProposal(ladder, after, now());
      adopt(after);
      if (fate) {
        options.onNotice(fate);
      }
    },

    /** @param {Step} step */
    async propose(step) {
      const possible = isAbove(step, ladder.step) && !isAbove(step, ladder.max);
      if (!possible) {
        options.onNotice('not_possible');
      } else if (await openFor(step)) {
        down = null;
        send({ type: 'ladder.propose', step });
      }
    },

    async accept() {
      const step = ladder.proposal?.by === 'partner' ? ladder.proposal.step : null;
      if (step && (await openFor(step))) {
        down = null;
        send({ type: 'ladder.accept', step });
      }
    },

    decline() {
      if (ladder.proposal?.by === 'partner') {
        send({ type: 'ladder.decline', step: ladder.proposal.step });
      }
    },

    /** @param {Step} step */
    stepDown(step) {
      if (!isAbove(ladder.step, step)) {
        return;
      }
      down = step;
      reaching = null;
      options.onStep(ceiling());
      releaseUnneeded();
      send({ type: 'ladder.down', step });
    },

    /** Our socket is gone. */
    lost() {
      here = false;
      ladder = { ...ladder, proposal: null };
      options.onLadder(ladder);
    },

    /** @param {WireLadder} news how it stands now */
    resumed(news) {
      here = true;
      const newer = news.version > ladder.version;
      adopt(newer ? beginningLadder(news) : ladder);
      if (down) {
        send({ type: 'ladder.down', step: down });
      }
    },

    /** The server did not take our last move. */
    refused() {
      reaching = null;
      releaseUnneeded();
      options.onNotice('not_possible');
    },

    close() {
      closed = true;
    },
  };
}
