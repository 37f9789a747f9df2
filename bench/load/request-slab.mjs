import { requestOf } from './recipes.mjs';
import { requestHead } from './request-head.mjs';

/**
 * After so many requests the date that is signed goes back by a second: requests for the same key then
 * have signatures of their own. All dates stay within the 15 minutes that OSS allows.
 */
const REQUESTS_A_DATE = 500;
const MAX_AGE_SECONDS = 800;

/** Room for longer heads than the first, before the slab has to grow. */
const HEADROOM = 1.02;

/**
 * Heads of many requests, built and signed before the clock starts, one after the other in one buffer:
 * a hundred thousand small objects would keep the garbage collector busy while the clock runs.
 */
export class RequestSlab {
  #bytes = Buffer.alloc(0);
  /** Where each head begins; one more for the end of the last. */
  #offsets = new Uint32Array(1);

  /**
   * @param {string} host
   * @param {import('./recipes.mjs').Recipe} recipe
   * @param {import('./request-head.mjs').RequestStyle} style
   * @param {number} count
   */
  constructor(host, recipe, style, count) {
    const now = Date.now();
    this.#offsets = new Uint32Array(count + 1);
    let end = 0;
    for (let n = 0; n < count; n++) {
      const age = Math.floor(n / REQUESTS_A_DATE) % MAX_AGE_SECONDS;
      const head = requestHead(host, requestOf(recipe, n), style, now - age * 1000);
      if (end + head.length > this.#bytes.length) {
        const size = Math.ceil((end + head.length * (count - n)) * HEADROOM);
        const larger = Buffer.allocUnsafeSlow(size);
        this.#bytes.copy(larger, 0, 0, end);
        this.#bytes = larger;
      }
      end += this.#bytes.write(head, end, 'latin1');
      this.#offsets[n + 1] = end;
    }
  }

  /** How many requests there are. */
  get count() {
    return this.#offsets.length - 1;
  }

  /**
   * The head of a request: a view, not a copy.
   *
   * @param {number} n below `count`
   * @returns {Buffer}
   */
  head(n) {
    return this.#bytes.subarray(this.#offsets[n], this.#offsets[n + 1]);
  }
}
