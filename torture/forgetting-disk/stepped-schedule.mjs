/**
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/**
 * Holds every change of a disk until it is chosen to happen, one at a time and in any order, so that
 * what an operating system's threads decide by chance a seed decides here.
 */
export class SteppedSchedule {
  /** @type {{ readonly what: string, readonly run: () => void }[]} */
  #waiting = [];
  #isDraining = false;
  #arrived = 0;

  /** How many operations wait. */
  get waiting() {
    return this.#waiting.length;
  }

  /** How many operations ever came. */
  get arrived() {
    return this.#arrived;
  }

  /**
   * @template T
   * @param {string} what
   * @param {() => T} perform
   * @returns {Promise<T>}
   */
  schedule = (what, perform) => {
    this.#arrived++;
    return new Promise((resolve, reject) => {
      const run = () => {
        try {
          resolve(perform());
        } catch (error) {
          reject(error);
        }
      };
      if (this.#isDraining) run();
      else this.#waiting.push({ what, run });
    });
  };

  /**
   * Lets one of the waiting operations happen; returns what it was.
   * @param {SeededRandom} random
   */
  step(random) {
    const [chosen] = this.#waiting.splice(random.below(this.#waiting.length), 1);
    chosen?.run();
    return chosen?.what;
  }

  /** From now on everything happens at once. */
  drain() {
    this.#isDraining = true;
    for (const { run } of this.#waiting.splice(0)) run();
  }
}
