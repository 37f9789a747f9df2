import { exploreLives } from '../explore-lives.mjs';
import { runLife } from './run-life.mjs';
import { seedRandomBytes } from './seeded-random-bytes.mjs';

/**
 * @import { Exploration, ExploreOptions } from '../explore-lives.mjs'
 * @import { Lie } from './volume-disk.mjs'
 */

/** How many lives follow one another. */
const LIVES = 5;

/**
 * The engine on a disk that forgets what was not flushed (see `run-life.mjs`): one seed.
 * @param {string} seed
 * @param {ExploreOptions & { readonly lie?: Lie }} options `lie`: how the disk breaks its word
 * @returns {Promise<Exploration>}
 */
export function exploreForgettingDisk(seed, options) {
  const { lie } = options;
  return exploreLives(
    `forgetting-disk ${seed}`,
    LIVES,
    (plan) => {
      seedRandomBytes(plan.name);
      const steps = plan.random.chance(0.6) ? undefined : plan.random.between(20, 160);
      return runLife({ ...plan, lie, steps });
    },
    options,
  );
}
