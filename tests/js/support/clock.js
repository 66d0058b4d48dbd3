/** Time that passes only when a test says so. */

export class FakeClock {
  /** @param {number} [now] milliseconds */
  constructor(now = 1_780_000_000_000) {
    this.time = now;
    this.counter = 0;
    /** @type {Map<number, {at: number, callback: () => void}>} */
    this.timers = new Map();
    /** Lets what a timer began come to an end; a test that knows better replaces it. */
    this.settle = settle;
  }

  now = () => this.time;

  /** @param {() => void} callback @param {number} milliseconds */
  setTimer = (callback, milliseconds) => {
    this.counter += 1;
    this.timers.set(this.counter, { at: this.time + milliseconds, callback });
    return this.counter;
  };

  /** @param {unknown} timer */
  clearTimer = (timer) => {
    this.timers.delete(Number(timer));
  };

  /** @param {number} milliseconds runs what falls due, in order, and lets it finish */
  async advance(milliseconds) {
    const end = this.time + milliseconds;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.timers.delete(next.id);
      this.time = Math.max(this.time, next.at);
      next.callback();
      await this.settle();
    }
    this.time = end;
    await this.settle();
  }

  /** @param {number} end */
  #next(end) {
    const due = [...this.timers].filter(([, timer]) => timer.at <= end);
    const [first] = due.sort(([, one], [, other]) => one.at - other.at);
    return first && { id: first[0], ...first[1] };
  }
}

/** Let promises and cryptography that are under way come to an end. */
export async function settle() {
  for (let round = 0; round < SETTLE_ROUNDS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

const SETTLE_ROUNDS = 6;

/**
 * @param {() => unknown} condition
 * @param {string} [what] for the error
 */
export async function until(condition, what = 'condition') {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/**
 * As `until`, while time passes.
 *
 * @param {FakeClock} clock
 * @param {() => unknown} condition
 * @param {string} [what] for the error
 */
export async function inTime(clock, condition, what = 'condition') {
  const passing = { done: false };
  const pass = async () => {
    while (!passing.done) {
      await clock.advance(TICK_MS);
    }
  };
  const passed = pass();
  try {
    await until(condition, what);
  } finally {
    passing.done = true;
    await passed;
  }
}

const TICK_MS = 250;
const PATIENCE_MS = 20_000;
