import { crashChoices } from './crash-choices.mjs';
import { imageAfterCrash } from './disk-image.mjs';

/**
 * @import { DiskImage } from './disk-image.mjs'
 * @import { FileContent } from './file-content.mjs'
 * @import { ForgetfulVolume, VolumeNode } from './forgetful-volume.mjs'
 * @import { PageStore } from './page-store.mjs'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/**
 * A disk image that a crash could leave, and every moment at which it could.
 * @typedef {object} CrashState
 * @property {DiskImage} image
 * @property {Set<number>} moments on the oracle's clock: what is expected of the image differs by it
 */

/**
 * The distinct crash states of one run of a workload.
 *
 * One image can be left by crashes at several moments, and what must be found on it depends on the
 * moment: "nothing of it is there" is right before a put is acknowledged and a violation after. So
 * an image is opened once and then held against every moment at which it could arise.
 */
export class CrashStates {
  #store;
  #random;
  #limit;
  /** @type {Map<string, CrashState>} */
  #states = new Map();
  #points = 0;
  #choices = 0;

  /**
   * @param {PageStore} store
   * @param {SeededRandom} random
   * @param {number} limit how many choices are tried at one crash point
   */
  constructor(store, random, limit) {
    this.#store = store;
    this.#random = random;
    this.#limit = limit;
  }

  /** How many crash points were visited. */
  get points() {
    return this.#points;
  }

  /** How many images were made, most of them equal to others. */
  get choices() {
    return this.#choices;
  }

  /** @returns {Iterable<CrashState>} */
  get states() {
    return this.#states.values();
  }

  get size() {
    return this.#states.size;
  }

  /**
   * Takes in what crashes at one moment can leave.
   * @param {ForgetfulVolume} volume
   * @param {number} moment on the oracle's clock
   * @param {ReadonlyMap<VolumeNode, FileContent>} [contents] what certain files hold instead
   */
  visit(volume, moment, contents) {
    this.#points++;
    const effects = volume.pendingEffects();
    for (const choice of crashChoices(effects, this.#random, this.#limit)) {
      this.#choices++;
      const image = imageAfterCrash(volume, this.#store, effects, choice, contents);
      const known = this.#states.get(image.digest);
      if (known === undefined)
        this.#states.set(image.digest, { image, moments: new Set([moment]) });
      else known.moments.add(moment);
    }
  }
}
