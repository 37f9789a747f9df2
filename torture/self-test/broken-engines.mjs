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

/** So many workloads are tried: one may happen not to need the flush. */
const ATTEMPTS = 4;

/**
 * Shows that the exploration of crash states finds engines that are broken.
 * @param {{ readonly scratch: string, readonly failures: string, readonly hasTraces: boolean }} options
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* brokenEngines({ scratch, failures, hasTraces }) {
  const pool = new WorkerPool();
  try {
    for (const [name, part, fault] of BROKEN) {
      if (part === 'metadata-trace' && !hasTraces) continue;
      let isFound = false;
      for (let attempt = 0; attempt < ATTEMPTS && !isFound; attempt++) {
        /** @type {ExploreJob} */
        const job = {
          part,
          seed: `self-test.${attempt}`,
          choices: 12,
          lanes: 2,
          scratch: join(scratch, 'self-test'),
          failures,
          stopAfter: 1,
          ...fault,
        };
        const outcome = await pool.run(job);
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
