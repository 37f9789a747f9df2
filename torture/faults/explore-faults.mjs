import { exploreLives } from '../explore-lives.mjs';
import { runLife } from '../forgetting-disk/run-life.mjs';
import { seedRandomBytes } from '../forgetting-disk/seeded-random-bytes.mjs';

/**
 * @import { Exploration, ExploreOptions } from '../explore-lives.mjs'
 */

/** How many lives follow one another. */
const LIVES = 5;

/**
 * The engine on a disk whose calls go wrong at random (see `failing-disk.mjs`) and that forgets what
 * was not flushed: one seed. What a client was refused must not have happened, what it was promised
 * must be there, also when a crash follows; a failed flush, and nothing else, stops the store.
 * @param {string} seed
 * @param {ExploreOptions} options
 * @returns {Promise<Exploration>}
 */
export function exploreFaults(seed, options) {
  return exploreLives(
    `faults ${seed}`,
    LIVES,
    (plan) => {
      seedRandomBytes(plan.name);
      return runLife({ ...plan, fails: true });
    },
    options,
  );
}
