/** The stage: pictures and sound that the ladder allows, invitations, questions. */

import {
  action,
  attach,
  part,
  say,
  setAttribute,
  setData,
  setText,
  show,
} from './dom.js';
import { followLevel } from './level.js';
import { layoutOf } from './reading.js';

/** @typedef {import('../types.js').State} State */
/** @typedef {import('./talk.js').ViewContext} ViewContext */

const CORNERS = 4;

/**
 * @param {ViewContext} context
 * @param {(who: 'you' | 'stranger') => SVGElement} light
 */
export function createStageView({ root, session, words, meter }, light) {
  const stage = part(root, 'stage');
  const remoteVideo = media(part(root, 'remote-video'));
  const remoteAudio = media(part(root, 'remote-audio'));
  const localVideo = media(part(root, 'local-video'));
  const ownLevel = followLevel(meter, light('you'));
  const partnerLevel = followLevel(meter, light('stranger'));
  const play = action(root, 'play');

  /** @param {State} state */
  const draw = (state) => {
    const calling = layoutOf(state) === 'call';
    drawPictures(state, calling);
    drawSound(state, calling);
    drawProposal(state);
    say(part(root, 'call-words'), calling ? words.call(state) : '');
    setText(part(root, 'own-handle'), words.ownHandle(state));
  };

  /** @param {State} state @param {boolean} calling */
  const drawPictures = (state, calling) => {
    const seesPartner = calling && state.remote.video;
    const seesSelf = calling && state.media.camera === 'on';
    setData(stage, 'blurred', String(state.remote.blurred));
    show(remoteVideo, seesPartner);
    show(action(root, 'move-self'), seesSelf);
    attach(remoteVideo, seesPartner ? session.streams.remote() : null);
    attach(localVideo, seesSelf ? session.streams.local() : null);
  };

  /** @param {State} state @param {boolean} calling */
  const drawSound = (state, calling) => {
    const heard = calling && state.remote.audio ? session.streams.remote() : null;
    if (attach(remoteAudio, heard) && heard) {
      start();
    }
    show(play, heard !== null && remoteAudio.paused && play.dataset.needed === 'true');
    const speaking = calling && state.media.microphone === 'on';
    ownLevel.follow(speaking ? session.streams.local() : null);
    partnerLevel.follow(heard);
  };

  /** @param {State} state */
  const drawProposal = (state) => {
    const proposal = state.stage === 'talking' ? state.ladder?.proposal : null;
    setText(part(root, 'proposal-words'), proposal ? words.proposal(state) : '');
    show(part(root, 'proposal-answers'), proposal?.by === 'partner');
    show(part(root, 'proposal'), Boolean(proposal));
  };

  const start = () => {
    remoteAudio.play().then(
      () => need(false),
      (error) =>
        need(error instanceof DOMException && error.name === 'NotAllowedError'),
    );
  };
  /** @param {boolean} tap */
  const need = (tap) => {
    setData(play, 'needed', String(tap));
    show(play, tap);
  };
  const moveSelf = () => {
    const self = action(root, 'move-self');
    const corner = (Number(self.dataset.corner) + 1) % CORNERS;
    setAttribute(self, 'data-corner', String(corner));
  };
  return { draw, start, moveSelf };
}

/** @param {HTMLElement} element @returns {HTMLMediaElement} */
function media(element) {
  return /** @type {HTMLMediaElement} */ (element);
}
