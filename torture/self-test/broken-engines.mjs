import { join } from 'node:path';
import { WorkerPool } from '../runner/worker-pool.mjs';

/**
 * @import { ExploreJob } from '../runner/exploring-worker.mjs'
 * @import { SelfTestOutcome } from './self-test.mjs'
 */

/** Engines and disks that break their word, each in one way. */
const BROKEN = /** @type {const} */ ([
  ['a disk that answers the flush of a file without flushing', 'forgetting-disk', { lie: 'flush' }],
  [
    'a disk that answers the flush of a directory without flushing',
    'forgetting-disk',
    { lie: 'flushDirectory' },
  ],
  ['an LMDB that acknowledges before it flushes', 'metadata-trace', { overlappingSync: true }],
]);

/** What is found of these has to be nothing, or what is found of the broken ones says nothing. */
const SOUND = /** @type {const} */ (['forgetting-disk', 'metadata-trace']);

/** So many workloads are tried: one may happen not to need the flush. */
const ATTEMPTS = 4;

/**
 * Shows that the exploration of crash states finds engines that are broken.
 * @param {{ readonly scratch: string, readonly failures: string, readonly hasTraces: boolean }} options
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* brokenEngines({ scratch, failures, hasTraces }) {
  const pool = new WorkerPool();
  /**
   * @param {ExploreJob['part']} part
   * @param {number} attempt
   * @returns {ExploreJob}
   */
  const job = (part, attempt) => ({
    part,
    seed: `self-test.${attempt}`,
    choices: 12,
    lanes: 2,
    scratch: join(scratch, 'self-test'),
    failures,
    stopAfter: 1,
  });
  try {
    for (const part of SOUND) {
      if (part === 'metadata-trace' && !hasTraces) continue;
      const outcome = await pool.run(job(part, 0));
      yield {
        name: `the exploration finds nothing where nothing is broken (${part})`,
        isRight: !('died' in outcome) && outcome.report.violations.length === 0,
        detail: 'died' in outcome ? outcome.died : JSON.stringify(outcome.report.violations),
      };
    }
    for (const [name, part, fault] of BROKEN) {
      if (part === 'metadata-trace' && !hasTraces) continue;
      let isFound = false;
      for (let attempt = 0; attempt < ATTEMPTS && !isFound; attempt++) {
        const outcome = await pool.run({ ...job(part, attempt), ...fault });
        // An image without what its roots point to may end the process that reads it.
        isFound = 'died' in outcome || outcome.report.violations.length > 0;
      }
      yield {
        name: `the exploration finds ${name}`,
        isRight: isFound,
        detail: 'nothing was found',
      };
    }
  } finally {
    pool.close();
  }
}
