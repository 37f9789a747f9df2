import { fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { endsWithThis } from './child-processes.mjs';

/**
 * @import { ChildProcess } from 'node:child_process'
 * @import { ExploreJob, ExploreReport } from './exploring-worker.mjs'
 */

/**
 * What came of a job: a report, or the end of its process.
 * @typedef {{ readonly report: ExploreReport } | { readonly died: string }} JobOutcome
 */

const WORKER = join(import.meta.dirname, 'exploring-worker.mjs');

/**
 * Images make much short-lived garbage: a nursery that has its size from the start, and threads that
 * would compete for the processors with none.
 */
const NODE_ARGUMENTS = [
  '--min-semi-space-size=8',
  '--max-semi-space-size=8',
  '--single-threaded-gc',
];

/** After so many jobs a worker is replaced: what LMDB leaks at 10,000 opens stays small. */
const JOBS_OF_A_WORKER = 20;

/** Processes that do jobs, each one at a time, replaced when they die. */
export class WorkerPool {
  /** @type {Set<ChildProcess>} */
  #all = new Set();
  /** @type {{ readonly child: ChildProcess, readonly jobs: number }[]} */
  #idle = [];

  /**
   * @param {ExploreJob} job
   * @returns {Promise<JobOutcome>}
   */
  async run(job) {
    const { child, jobs } = this.#idle.pop() ?? { child: this.#start(), jobs: 0 };
    // Whichever comes second is not listened for any more: the child has more jobs to do.
    const over = new AbortController();
    const ended = once(child, 'exit', over).then(([code, signal]) => ({
      died: String(signal ?? code),
    }));
    const answered = once(child, 'message', over).then(([message]) => message);
    for (const either of [ended, answered]) either.catch(() => {});
    child.send(job);
    const outcome = await Promise.race([answered, ended]).finally(() => over.abort());
    if ('failed' in outcome) throw new Error(`Seed ${job.seed} of ${job.part}: ${outcome.failed}`);
    if ('report' in outcome) {
      if (jobs + 1 < JOBS_OF_A_WORKER) this.#idle.push({ child, jobs: jobs + 1 });
      else child.disconnect();
    }
    return outcome;
  }

  close() {
    for (const child of this.#all) child.kill('SIGKILL');
  }

  #start() {
    const child = endsWithThis(
      fork(WORKER, [], { execArgv: NODE_ARGUMENTS, serialization: 'advanced' }),
    );
    this.#all.add(child);
    // What waits for the disk beside them, the kill loop, goes first when it can go on.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    child.once('exit', () => this.#all.delete(child));
    return child;
  }
}
