import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const PROGRAM = path.join(import.meta.dirname, 'generator.mjs');

/** The load generator as the benchmark sees it: a process that prepares a run, then runs it. */
export class LoadGenerator {
  #child;

  constructor() {
    this.#child = fork(PROGRAM, [], {
      execArgv: ['--expose-gc'],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /**
   * Builds and signs the requests of a run; takes its time before the clock starts.
   *
   * @param {import('./load-run.mjs').LoadPlan} plan
   * @returns {Promise<void>}
   */
  async prepare(plan) {
    this.#child.send({ do: 'prepare', plan });
    await this.#answer();
  }

  /**
   * Runs what was prepared, once.
   *
   * @param {number} seconds at most; no request is begun after that
   * @returns {Promise<import('./load-run.mjs').LoadResult>}
   */
  async run(seconds) {
    this.#child.send({ do: 'run', seconds });
    const { result } = await this.#answer();
    if (result === undefined) throw new Error('the load generator told no result');
    return result;
  }

  /** Ends a run early, which then resolves with what it has. */
  stop() {
    this.#child.send({ do: 'stop' });
  }

  /** @returns {Promise<void>} */
  async close() {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }

  /** @returns {Promise<{ result?: import('./load-run.mjs').LoadResult }>} */
  #answer() {
    return new Promise((resolve, reject) => {
      /** @param {{ failed?: string, result?: import('./load-run.mjs').LoadResult }} message */
      const onMessage = (message) => {
        this.#child.off('exit', onExit);
        if (message.failed === undefined) resolve(message);
        else reject(new Error(`load generator: ${message.failed}`));
      };
      /** @param {number | null} code */
      const onExit = (code) => {
        this.#child.off('message', onMessage);
        reject(new Error(`the load generator ended (${code})`));
      };
      this.#child.once('message', onMessage);
      this.#child.once('exit', onExit);
    });
  }
}
