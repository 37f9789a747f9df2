import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Progress } from './progress.mjs';
import { WorkerPool } from './worker-pool.mjs';

/**
 * @import { ExploreJob, ReportedViolation } from './exploring-worker.mjs'
 */

/**
 * @typedef {object} ExploreSeedsOptions
 * @property {ExploreJob['part']} part
 * @property {string} seed what the seeds of the workloads begin with
 * @property {number} states so many distinct crash states are to be opened
 * @property {number} workers processes at a time
 * @property {number} choices
 * @property {string} scratch
 * @property {string} failures
 * @property {(line: string) => void} say
 * @property {string} [only] the one workload to look through
 */

/**
 * @typedef {object} ExploredSeeds
 * @property {number} states distinct crash states that were opened
 * @property {number} seeds
 * @property {number} points
 * @property {number} choices
 * @property {number} acknowledged
 * @property {number} faults
 * @property {number} milliseconds
 * @property {ReportedViolation[]} violations
 */

/** More violations than these say nothing new. */
const ENOUGH_VIOLATIONS = 10;

/** Images that one worker has open at a time: while one waits for a thread, another works. */
const LANES = 3;

/**
 * Looks through workload after workload until so many distinct crash states were opened.
 * @param {ExploreSeedsOptions} options
 * @returns {Promise<ExploredSeeds>}
 */
export async function exploreSeeds(options) {
  const { part, seed, states: wanted, workers, choices, scratch, failures, say, only } = options;
  const startedAt = Date.now();
  const pool = new WorkerPool();
  /** @type {Set<string>} */
  const distinct = new Set();
  /** @type {Omit<ExploredSeeds, 'states' | 'milliseconds'>} */
  const sum = { seeds: 0, points: 0, choices: 0, acknowledged: 0, faults: 0, violations: [] };
  let nextSeed = 0;
  const target = only === undefined ? wanted : undefined;
  const progress = new Progress({ part, unit: 'distinct crash states', target, say });
  const isEnough = () =>
    (only === undefined ? distinct.size >= wanted : nextSeed > 0) ||
    sum.violations.length >= ENOUGH_VIOLATIONS;

  /** @param {number} worker */
  const work = async (worker) => {
    while (!isEnough()) {
      const name = only ?? `${seed}.${nextSeed}`;
      nextSeed++;
      /** @type {ExploreJob} */
      const job = {
        part,
        seed: name,
        choices,
        lanes: LANES,
        scratch: join(scratch, `${part}-${worker}`),
        failures,
        stopAfter: ENOUGH_VIOLATIONS,
      };
      const outcome = await pool.run(job);
      rmSync(job.scratch, { recursive: true, force: true });
      sum.seeds++;
      if ('died' in outcome) {
        sum.violations.push(await explainDeath(pool, job, outcome.died));
        continue;
      }
      const { digests, points, choices: made, acknowledged, faults, violations } = outcome.report;
      const text = Buffer.from(digests).toString('latin1');
      for (let at = 0; at < text.length; at += 12) distinct.add(text.slice(at, at + 12));
      progress.reached(distinct.size);
      sum.points += points;
      sum.choices += made;
      sum.acknowledged += acknowledged;
      sum.faults += faults;
      sum.violations.push(...violations);
    }
  };

  try {
    await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  } finally {
    progress.close();
    pool.close();
  }
  return { ...sum, states: distinct.size, milliseconds: Date.now() - startedAt };
}

/**
 * Runs a job that took its process with it again, one image at a time, each of them kept in a file
 * until it is closed: the file that is left has the image that did it.
 * @param {WorkerPool} pool
 * @param {ExploreJob} job
 * @param {string} died
 * @returns {Promise<ReportedViolation>}
 */
async function explainDeath(pool, job, died) {
  const { part, seed, failures, scratch } = job;
  mkdirSync(scratch, { recursive: true });
  const lastWords = join(scratch, 'last-words.json.gz');
  const outcome = await pool.run({ ...job, lanes: 1, lastWords });
  const found = { part, seed, life: 'unknown' };
  if (!('died' in outcome) || !existsSync(lastWords)) {
    return { ...found, problems: [`a worker ended with ${died}; run again, it did not`] };
  }
  const file = join(failures, `${part}-${seed}-died.json.gz`);
  mkdirSync(failures, { recursive: true });
  copyFileSync(lastWords, file);
  rmSync(scratch, { recursive: true, force: true });
  return { ...found, problems: [`an image ended the process that opened it: ${died}`], file };
}
