import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endsWithThis } from '../runner/child-processes.mjs';

/**
 * @import { ChildProcess } from 'node:child_process'
 * @import { CrowdMessage, CrowdOrder, CrowdReport } from './crowd-process.mjs'
 */

/** The crowds of one phase, in a process of their own. */
export class Crowds {
  /** @type {ChildProcess} */
  #child;

  constructor() {
    this.#child = endsWithThis(fork(join(import.meta.dirname, 'crowd-process.mjs')));
  }

  /**
   * Resolves when all are there.
   * @param {readonly CrowdOrder[]} orders
   * @param {number} port
   * @param {string} seed
   */
  async gather(orders, port, seed) {
    await this.#ask({ gather: orders, port, seed });
  }

  /**
   * Sends everybody away.
   * @returns {Promise<readonly CrowdReport[]>}
   */
  async end() {
    const answer = await this.#ask({ end: true });
    return answer.reports;
  }

  close() {
    this.#child.kill('SIGKILL');
  }

  /**
   * @param {CrowdMessage} message
   * @returns {Promise<any>}
   */
  async #ask(message) {
    const answered = once(this.#child, 'message');
    const ended = once(this.#child, 'exit').then(([code, signal]) => {
      throw new Error(`The crowd's process ended with ${signal ?? code}`);
    });
    ended.catch(() => {});
    this.#child.send(message);
    const [answer] = await Promise.race([answered, ended]);
    return answer;
  }
}
