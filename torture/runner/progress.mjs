/** A long run is to be watched from its log: each part says how far it is at least so often. */
const EVERY_MS = 15_000;

/** Rates below this, in a second, are told in a minute. */
const SLOW = 5;

/**
 * @typedef {object} ProgressOptions
 * @property {string} part
 * @property {string} unit what is counted
 * @property {number | undefined} [target] so many are to be done; not known unless told
 * @property {(line: string) => void} say
 * @property {number} [every] milliseconds between two lines
 * @property {() => number} [now] in milliseconds
 */

/** Says how far a part is, how fast it goes, and how long it will still take. */
export class Progress {
  #options;
  #every;
  #now;
  #startedAt;
  #saidAt;
  #done = 0;
  #timer;

  /** @param {ProgressOptions} options */
  constructor(options) {
    const { every = EVERY_MS, now = Date.now } = options;
    this.#options = options;
    this.#every = every;
    this.#now = now;
    this.#startedAt = now();
    this.#saidAt = this.#startedAt;
    // Also when nothing gets done: that is to be seen, too.
    this.#timer = setInterval(() => this.#sayWhenDue(), Math.ceil(every / 5));
    this.#timer.unref();
  }

  /** So many are done, in all. @param {number} done */
  reached(done) {
    this.#done = done;
    // Who computes for long lets no timer come.
    this.#sayWhenDue();
  }

  /** One more is done. */
  add() {
    this.reached(this.#done + 1);
  }

  close() {
    clearInterval(this.#timer);
  }

  #sayWhenDue() {
    const now = this.#now();
    if (now - this.#saidAt < this.#every) return;
    this.#saidAt = now;
    const { part, unit, target, say } = this.#options;
    const done = this.#done;
    const seconds = (now - this.#startedAt) / 1000;
    const each = done / seconds;
    const rate = each >= SLOW ? `${rounded(each)} a second` : `${rounded(each * 60)} a minute`;
    const of = target === undefined ? '' : ` of ${target.toLocaleString('en')}`;
    const told = [`${done.toLocaleString('en')}${of} ${unit} in ${duration(seconds)}`, rate];
    if (target !== undefined && done > 0 && done < target) {
      told.push(`${duration((target - done) / each)} left`);
    }
    say(`${part}: ${told.join(', ')}`);
  }
}

/**
 * Does work that tells how much of it is done.
 * @template T
 * @param {ProgressOptions} options
 * @param {(reached: (done: number) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(options, work) {
  const progress = new Progress(options);
  try {
    return await work((done) => progress.reached(done));
  } finally {
    progress.close();
  }
}

/** @param {number} rate */
function rounded(rate) {
  return rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}

/** @param {number} seconds */
function duration(seconds) {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
