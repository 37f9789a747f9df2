import { createHash } from 'node:crypto';

/**
 * A small, fast generator of random numbers (sfc32) that a text seeds: the same text, the same
 * numbers, on every machine.
 */
export class SeededRandom {
  #a;
  #b;
  #c;
  #counter;
  #seed;

  /** @param {string} seed */
  constructor(seed) {
    const digest = createHash('sha256').update(seed).digest();
    this.#seed = seed;
    this.#a = digest.readInt32LE(0);
    this.#b = digest.readInt32LE(4);
    this.#c = digest.readInt32LE(8);
    this.#counter = digest.readInt32LE(12);
  }

  /** 32 random bits. */
  bits() {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 to before 1. */
  fraction() {
    return this.bits() / 2 ** 32;
  }

  /**
   * A whole number from 0 to before `end`.
   * @param {number} end
   */
  below(end) {
    return Math.floor(this.fraction() * end);
  }

  /**
   * A whole number from `from` to before `end`.
   * @param {number} from
   * @param {number} end
   */
  between(from, end) {
    return from + this.below(end - from);
  }

  /**
   * True with a probability.
   * @param {number} probability
   */
  chance(probability) {
    return this.fraction() < probability;
  }

  /**
   * One of a list that is not empty.
   * @template T
   * @param {readonly T[]} list
   * @returns {T}
   */
  pick(list) {
    return /** @type {T} */ (list[this.below(list.length)]);
  }

  /**
   * One of several things, each as often as its weight says.
   * @template {string} T
   * @param {Readonly<Record<T, number>>} weights
   * @returns {T}
   */
  weighted(weights) {
    const entries = /** @type {[T, number][]} */ (Object.entries(weights));
    let rest = this.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      rest -= weight;
      if (rest < 0) return name;
    }
    return /** @type {[T, number]} */ (entries.at(-1))[0];
  }

  /**
   * The list in another order.
   * @template T
   * @param {Iterable<T>} items
   * @returns {T[]}
   */
  shuffled(items) {
    const list = [...items];
    for (let at = list.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      const item = /** @type {T} */ (list[at]);
      list[at] = /** @type {T} */ (list[other]);
      list[other] = item;
    }
    return list;
  }

  /**
   * A generator of its own for a part of the work, so that one part's use of numbers does not
   * change another's.
   * @param {string} name
   */
  fork(name) {
    return new SeededRandom(`${this.#seed}/${name}`);
  }
}
