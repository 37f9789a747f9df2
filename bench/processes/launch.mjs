import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { withDescendants } from './process-figures.mjs';

/** How long a server may take to be ready, and to stop. */
const READY_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 20_000;

/**
 * A process of a server, from its start to its end. What it prints goes to a file, as a service's does:
 * nobody has to read along while something is measured.
 */
export class Launched {
  #child;
  #logFile;
  /** @type {Error | undefined} */
  #failure;

  /**
   * @param {readonly [string, ...string[]]} command
   * @param {object} options
   * @param {string} options.logFile its output, both streams
   * @param {string} [options.cwd]
   * @param {NodeJS.ProcessEnv} [options.env]
   */
  constructor([program, ...args], { logFile, cwd, env }) {
    this.#logFile = logFile;
    const log = openSync(logFile, 'a');
    this.#child = spawn(program, args, { cwd, env, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child.on('error', (error) => {
      this.#failure = error;
    });
    running.add(this);
    this.#child.on('close', () => running.delete(this));
  }

  /** Its process id. */
  get pid() {
    return this.#child.pid ?? 0;
  }

  /** Whether it has ended. */
  get ended() {
    return (
      this.#failure !== undefined ||
      this.#child.exitCode !== null ||
      this.#child.signalCode !== null
    );
  }

  /**
   * Waits until its output matches.
   *
   * @param {RegExp} pattern
   * @returns {Promise<RegExpExecArray>}
   */
  async printed(pattern) {
    return await this.until(() => pattern.exec(this.#output()) ?? undefined);
  }

  /**
   * Waits until something holds, asked every few milliseconds; fails when the process ends before.
   *
   * @template T
   * @param {() => T | undefined | Promise<T | undefined>} holds
   * @returns {Promise<T>}
   */
  async until(holds) {
    const deadline = Date.now() + READY_MILLISECONDS;
    for (;;) {
      const found = await holds();
      if (found !== undefined) return found;
      if (this.ended) throw new Error(this.#failure?.message ?? `it ended: ${this.#lastWords()}`);
      if (Date.now() > deadline) {
        this.kill();
        throw new Error(`not ready in time: ${this.#lastWords()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Asks it to end, and ends it when it does not. @returns {Promise<void>} */
  async stop() {
    if (this.ended) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const limit = setTimeout(() => this.kill(), STOP_MILLISECONDS);
    await gone;
    clearTimeout(limit);
  }

  /** Ends it and all that it started at once: a server that is killed does not end its workers. */
  kill() {
    if (this.#child.pid === undefined) return;
    for (const pid of withDescendants([this.#child.pid])) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }
  }

  #output() {
    return readFileSync(this.#logFile, 'utf8');
  }

  #lastWords() {
    return this.#output().trim().split('\n').slice(-3).join(' / ') || 'it said nothing';
  }
}

/** @type {Set<Launched>} */
const running = new Set();

// Whatever ends the benchmark, it leaves no server behind.
process.on('exit', () => {
  for (const launched of running) launched.kill();
});
