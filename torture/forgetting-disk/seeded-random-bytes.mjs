import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { SeededRandom } from '../workload/seeded-random.mjs';

let random = new SeededRandom('nothing yet');

/**
 * Takes the place of `crypto.randomBytes` in this process: the engine draws the names of its writer
 * sessions from it, and a run that is to be repeated has to draw the same ones.
 */
export function replaceRandomBytes() {
  /** @param {number} size */
  const seeded = (size) => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at++) bytes[at] = random.below(256);
    return bytes;
  };
  Object.assign(crypto, { randomBytes: seeded });
  syncBuiltinESMExports();
}

/** @param {string} seed */
export function seedRandomBytes(seed) {
  random = new SeededRandom(seed);
}
