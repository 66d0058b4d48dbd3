/** How loud a stream is, about twenty times a second, as a number the style uses. */

const EVERY_MS = 50;
/** A quiet speaking voice has a root mean square of about 0.05; a loud one 0.25. */
const LOUD = 0.25;

/**
 * @typedef {object} Meter
 * @property {() => AudioContext | null} context made at the first need, after a tap
 */

/** @param {(new () => AudioContext) | undefined} Context @returns {Meter} */
export function createMeter(Context) {
  /** @type {AudioContext | null} */
  let made = null;
  return {
    context: () => {
      made ??= Context ? new Context() : null;
      return made;
    },
  };
}

/**
 * Let `--level` of an element, 0 to 1, follow the stream it is given.
 *
 * @param {Meter} meter
 * @param {HTMLElement | SVGElement} element
 */
export function followLevel(meter, element) {
  /** @type {MediaStreamTrack | null} */
  let followed = null;
  let stop = () => {};

  /** @param {number} level */
  const show = (level) => {
    element.style.setProperty('--level', level.toFixed(2));
  };
  /** @param {MediaStream | null} stream */
  const follow = (stream) => {
    const track = stream?.getAudioTracks()[0] ?? null;
    if (track === followed) {
      return;
    }
    stop();
    show(0);
    followed = track;
    stop = track ? listen(meter, track, show) : () => {};
  };
  return { follow };
}

/**
 * @param {Meter} meter
 * @param {MediaStreamTrack} track
 * @param {(level: number) => void} show
 * @returns {() => void} the way to stop
 */
function listen(meter, track, show) {
  const context = meter.context();
  if (!context) {
    return () => {};
  }
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = new AnalyserNode(context, { fftSize: 512 });
  const samples = new Float32Array(analyser.fftSize);
  source.connect(analyser);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    show(levelOf(samples));
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}

/** @param {Float32Array} samples −1 to 1 @returns {number} 0 to 1 */
export function levelOf(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return Math.min(1, Math.sqrt(power / samples.length) / LOUD);
}
