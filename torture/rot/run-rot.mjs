import { fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endsWithThis } from '../runner/child-processes.mjs';
import { SeededRandom } from '../workload/seeded-random.mjs';
import { RotPlan, SEALED_REGIONS } from './rot-plan.mjs';
import { makeSubject } from './rot-subject.mjs';

/**
 * @import { ChildProcess } from 'node:child_process'
 * @import { Flip } from './rot-plan.mjs'
 * @import { RotJob, RotReport } from './rotting-worker.mjs'
 */

/**
 * @typedef {object} RotOptions
 * @property {string} seed
 * @property {number} flips
 * @property {number} workers
 * @property {string} scratch
 * @property {number | undefined} [only] the one flip to try
 * @property {boolean} [isBlind] what the scrub finds does not count: for the self-test
 * @property {typeof PATIENCE_MS} [patience] milliseconds for one flip
 * @property {(done: number) => void} [onProgress] told how many flips were tried
 * @property {(result: RotResult) => boolean} [isEnough] asked before each flip: nothing more is to be shown
 */

/**
 * A flip that broke the rule: bytes that are wrong, or a difference that nobody is told of.
 * @typedef {object} RotViolation
 * @property {number} index
 * @property {Flip} flip
 * @property {string[]} problems
 */

/**
 * @typedef {object} RotResult
 * @property {Record<Outcome, number>} outcomes
 * @property {number} sealed how many flips were of what is encrypted, or of keys
 * @property {number} checked how many of those that were not harmless `openoss fsck` reports
 * @property {RotViolation[]} violations
 */

/** @typedef {'harmless' | 'on-read' | 'by-scrub' | 'at-start' | 'crash' | 'hang'} Outcome */

/** What says that a record, a body or a blob is damaged, as the store does where it counts that. */
const COUNTED = / is corrupt: /;

const WORKER = join(import.meta.dirname, 'rotting-worker.mjs');

/**
 * Following a damaged page can take for ever: that it does is the answer. But what takes long beside
 * other flips, and other parts of the torture, may only have been held up: it is tried again at the
 * end, alone, before it is said to hang.
 */
const PATIENCE_MS = { beside: 10_000, alone: 20_000 };

/** @typedef {{ report: RotReport } | { ended: 'crash' | 'hang', checked: string[] }} JobOutcome */

/**
 * Flips bits of a data directory, one at a time, and looks what becomes of it: never a wrong byte,
 * and nothing that is missing, old or too many without the scrub or the start saying so.
 * @param {RotOptions} options
 * @returns {Promise<RotResult>}
 */
export async function runRot(options) {
  const { seed, flips, workers, scratch, only, isBlind = false, isEnough, onProgress } = options;
  const { patience = PATIENCE_MS } = options;
  mkdirSync(scratch, { recursive: true });
  const source = join(scratch, 'healthy');
  rmSync(source, { recursive: true, force: true });
  const random = new SeededRandom(`rot ${seed}`);
  const expected = await makeSubject(source, random.fork('objects'));
  const plan = new RotPlan(source);
  /** @type {RotResult} */
  const result = {
    outcomes: { harmless: 0, 'on-read': 0, 'by-scrub': 0, 'at-start': 0, crash: 0, hang: 0 },
    sealed: 0,
    checked: 0,
    violations: [],
  };
  let next = only ?? 0;
  const end = only === undefined ? flips : only + 1;
  let done = 0;
  /** @type {number[]} */
  const late = [];
  /**
   * @param {number} index
   * @param {RottingWorker} worker
   * @param {string} place
   * @param {number} milliseconds
   */
  const attempt = async (index, worker, place, milliseconds) => {
    const flip = plan.draw(random.fork(String(index)));
    const job = { source, scratch: join(scratch, place), expected, flip };
    return { flip, outcome: blinded(await worker.run(job, milliseconds), isBlind) };
  };
  const work = async (/** @type {number} */ number) => {
    const worker = new RottingWorker();
    try {
      while (next < end && isEnough?.(result) !== true) {
        const index = next++;
        const { flip, outcome } = await attempt(
          index,
          worker,
          `damaged-${number}`,
          patience.beside,
        );
        if ('ended' in outcome && outcome.ended === 'hang') late.push(index);
        else judge(result, index, flip, outcome);
        onProgress?.(++done);
      }
    } finally {
      worker.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, end - next) }, (_, n) => work(n)));
  const alone = new RottingWorker();
  try {
    for (const index of late) {
      const { flip, outcome } = await attempt(index, alone, 'damaged-alone', patience.alone);
      judge(result, index, flip, outcome);
    }
  } finally {
    alone.close();
  }
  return result;
}

/**
 * @param {RotResult} result
 * @param {number} index
 * @param {Flip} flip
 * @param {JobOutcome} outcome
 */
function judge(result, index, flip, outcome) {
  const kind = 'ended' in outcome ? outcome.ended : outcomeOf(outcome.report);
  result.outcomes[kind]++;
  if (SEALED_REGIONS.has(flip.region)) result.sealed++;
  const checked = 'ended' in outcome ? outcome.checked : outcome.report.checked;
  if (kind !== 'harmless' && checked.length > 0) result.checked++;
  if ('ended' in outcome) return;
  const problems = problemsOf(outcome.report);
  if (problems.length > 0) result.violations.push({ index, flip, problems });
}

/** @param {JobOutcome} outcome @param {boolean} isBlind @returns {JobOutcome} */
function blinded(outcome, isBlind) {
  if (!isBlind || 'ended' in outcome) return outcome;
  return { report: { ...outcome.report, scrubbed: [], scrubFailed: undefined } };
}

/** @param {RotReport} report @returns {Outcome} */
function outcomeOf({ refused, differences, scrubbed, scrubFailed }) {
  if (refused !== undefined) return 'at-start';
  if ((differences?.refused.length ?? 0) > 0) return 'on-read';
  if (scrubFailed !== undefined || (scrubbed?.length ?? 0) > 0) return 'by-scrub';
  return 'harmless';
}

/** @param {RotReport} report */
function problemsOf({ differences, counted, scrubbed, scrubFailed }) {
  if (differences === undefined) return [];
  const { wrong, silent, refused } = differences;
  const isReported = scrubFailed !== undefined || (scrubbed?.length ?? 0) > 0;
  const problems = wrong.map((what) => `WRONG BYTES: ${what}`);
  if (silent.length > 0 && !isReported) {
    problems.push(...silent.map((what) => `nobody was told: ${what}`));
  }
  if (refused.length > 0 && !isReported) {
    problems.push(...refused.map((what) => `the scrub did not find: ${what}`));
  }
  if (counted === 0 && refused.some((what) => COUNTED.test(what))) {
    problems.push(...refused.map((what) => `nobody counted: ${what}`));
  }
  return problems;
}

/** A process that opens damaged stores, replaced when one ends it. */
class RottingWorker {
  /** @type {ChildProcess | undefined} */
  #child;

  /**
   * @param {RotJob} job
   * @param {number} patience in milliseconds
   * @returns {Promise<JobOutcome>}
   */
  async run(job, patience) {
    this.#child ??= endsWithThis(
      fork(WORKER, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
    );
    const child = this.#child;
    /** @type {string[]} */
    let checked = [];
    const outcome = await new Promise(
      (/** @type {(outcome: JobOutcome) => void} */ resolve, reject) => {
        // An answer that is there already when a busy process gets to its timers comes before them.
        const timer = setTimeout(
          () => setImmediate(() => settle({ ended: 'hang', checked })),
          patience,
        );
        const onExit = () => settle({ ended: 'crash', checked });
        const onMessage = (/** @type {any} */ message) => {
          if ('checked' in message) checked = message.checked;
          else if ('report' in message) settle({ report: message.report });
          else {
            leave();
            reject(new Error(`${JSON.stringify(job.flip)}: ${message.failed}`));
          }
        };
        const leave = () => {
          clearTimeout(timer);
          child.off('exit', onExit);
          child.off('message', onMessage);
        };
        const settle = (/** @type {JobOutcome} */ settled) => {
          leave();
          resolve(settled);
        };
        child.on('exit', onExit);
        child.on('message', onMessage);
        child.send(job);
      },
    );
    if ('ended' in outcome) this.close();
    return outcome;
  }

  close() {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
