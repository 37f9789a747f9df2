import { join } from 'node:path';
import { readFailure, replayFailure } from '../recovery/failure-file.mjs';
import { WorkerPool } from '../runner/worker-pool.mjs';
import { BROKEN_OPENINGS } from './broken-openings.mjs';

/**
 * @import { ExploreJob, ReportedViolation } from '../runner/exploring-worker.mjs'
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

const BROKEN_OPENING_NAMES = /** @type {(keyof typeof BROKEN_OPENINGS)[]} */ (
  Object.keys(BROKEN_OPENINGS)
);

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
    for (const name of BROKEN_OPENING_NAMES) {
      /** @type {ReportedViolation | undefined} */
      let found;
      for (let attempt = 0; attempt < ATTEMPTS && found === undefined; attempt++) {
        const asked = { ...job('forgetting-disk', attempt), brokenOpening: name };
        const outcome = await pool.run(asked);
        if (!('died' in outcome)) [found] = outcome.report.violations;
      }
      yield {
        name: `the exploration finds an engine that ${name}, and its failure can be replayed`,
        ...(await replayed(name, found, join(scratch, 'replayed'))),
      };
    }
  } finally {
    pool.close();
  }
}

/**
 * Whether a failure that was kept shows the same again with the same engine, and nothing with a sound
 * one.
 * @param {keyof typeof BROKEN_OPENINGS} name of the engine
 * @param {ReportedViolation | undefined} found
 * @param {string} scratch
 */
async function replayed(name, found, scratch) {
  if (found?.file === undefined) return { isRight: false, detail: 'nothing was found' };
  const failure = readFailure(found.file);
  if ('part' in failure) throw new Error(`${found.file} is of another part`);
  const then = firstLines(found.problems);
  const now = firstLines(await replayFailure(failure, scratch, BROKEN_OPENINGS[name]));
  const sound = firstLines(await replayFailure(failure, scratch));
  return {
    isRight: now === then && sound === '',
    detail: `found ${then}; again ${now || 'nothing'}; with a sound engine ${sound || 'nothing'}`,
  };
}

/** @param {readonly string[]} problems of which the stacks differ */
function firstLines(problems) {
  return problems.map((problem) => problem.split('\n')[0]).join('; ');
}
