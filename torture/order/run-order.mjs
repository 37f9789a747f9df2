import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OssConnection } from '../kill-loop/oss-connection.mjs';
import { ServerProcess } from '../kill-loop/server-process.mjs';
import { workersOf } from '../kill-loop/server-workers.mjs';
import { SeededRandom } from '../workload/seeded-random.mjs';
import { checkOrder } from './check-order.mjs';
import { BUCKET, OrderClient } from './order-client.mjs';
import { orderFailureText } from './order-failure.mjs';
import { RecordedHistory } from './recorded-history.mjs';
import { historyLines, shrinkHistory } from './shrink-history.mjs';

/**
 * @import { RegisterState } from './register.mjs'
 */

/**
 * @typedef {object} OrderOptions
 * @property {string} seed
 * @property {number} operations so many at least are recorded and checked
 * @property {string} scratch
 * @property {string} failures where histories that have no order are kept
 * @property {number | undefined} [workers] of each server; none and several in turn unless told
 * @property {(operations: number) => void} [onProgress] told how many were recorded and checked
 * @property {(port: number) => Promise<{ readonly port: number, close(): void }>} [before] puts
 *   something between the clients and the server: for showing that it is found out
 */

/**
 * @typedef {object} OrderResult
 * @property {number} operations on one key each
 * @property {number} uncertain of these, operations that nobody knows to have happened
 * @property {number} kills
 * @property {number} mostConfigurations that were possible at one time
 * @property {number} recordingMs
 * @property {number} checkingMs
 * @property {{ readonly where: string, readonly problems: string[], readonly file?: string }[]} violations
 */

/** Few keys, so that many clients are at the same one. */
const KEYS = ['a', 'b', 'c', 'd'];
const CLIENTS = 12;

/** How many operations are recorded, at most, before the server is ended. */
const MOST_OF_A_LIFE = 7000;

/**
 * Records what many clients do to a few keys of a server, which is killed now and then while they
 * do, and checks that it has an order.
 * @param {OrderOptions} options
 * @returns {Promise<OrderResult>}
 */
export async function runOrder(options) {
  const run = new OrderRun(options);
  try {
    await run.record();
  } finally {
    await run.end();
  }
  return run.result;
}

class OrderRun {
  #options;
  #random;
  #directory;
  #history = new RecordedHistory();
  /** @type {Map<string, readonly RegisterState[]>} what each key can be, where it is not simply absent */
  #states = new Map();
  /** @type {ServerProcess | undefined} */
  #server;
  #startedAt = performance.now();
  #lives = 0;
  /** @type {Omit<OrderResult, 'operations' | 'uncertain' | 'recordingMs'>} */
  #sums = { kills: 0, mostConfigurations: 0, checkingMs: 0, violations: [] };

  /** @param {OrderOptions} options */
  constructor(options) {
    this.#options = options;
    this.#random = new SeededRandom(`order ${options.seed}`);
    mkdirSync(options.scratch, { recursive: true });
    this.#directory = join(options.scratch, 'order-data');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** @returns {OrderResult} */
  get result() {
    const { count, uncertain } = this.#history;
    const recordingMs = performance.now() - this.#startedAt - this.#sums.checkingMs;
    return { operations: count, uncertain, recordingMs, ...this.#sums };
  }

  async record() {
    const { operations, onProgress } = this.#options;
    for (let life = 0; this.#history.count < operations; life++) {
      await this.#live(life);
      this.#check(life);
      if (this.#sums.violations.length > 0) return;
      onProgress?.(this.#history.count);
    }
  }

  async end() {
    await this.#server?.end('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /**
   * One run of the server, and of all clients.
   * @param {number} life
   */
  async #live(life) {
    const random = this.#random.fork(`life ${life}`);
    const history = this.#history;
    this.#server = new ServerProcess(this.#directory, {
      flags: workersOf(this.#options.workers, this.#lives++),
    });
    const started = await this.#server.ready();
    if (started === undefined) throw new Error('The server was killed by somebody else');
    const between = await this.#options.before?.(started);
    const port = between?.port ?? started;
    if (life === 0) await createBucket(port);

    const clients = Array.from(
      { length: CLIENTS },
      (_, number) =>
        new OrderClient(
          history,
          random.fork(`client ${number}`),
          life * CLIENTS + number,
          KEYS,
          port,
        ),
    );
    let isEnding = false;
    const working = clients.map(async (client) => {
      const unanswered = await client.work();
      if (!isEnding) history.problems.push('a connection was lost though the server was not ended');
      return unanswered;
    });
    const left = this.#options.operations - history.count;
    const enough = history.count + Math.min(left, random.between(500, MOST_OF_A_LIFE));
    while (history.count < enough && history.problems.length === 0) await delay(1);
    await delay(random.between(0, 4));
    isEnding = true;
    const isKill = random.chance(0.8);
    if (isKill) this.#sums.kills++;
    const problems = await this.#server.end(isKill ? 'SIGKILL' : 'SIGTERM');
    this.#server = undefined;
    between?.close();
    for (const unanswered of await Promise.all(working)) unanswered?.(history.now());
    history.problems.push(...problems);
  }

  /** @param {number} life */
  #check(life) {
    const { seed, failures } = this.#options;
    const { violations } = this.#sums;
    const startedAt = performance.now();
    const where = `seed ${seed}, life ${life} of the server`;
    const problems = this.#history.problems.splice(0);
    if (problems.length > 0) violations.push({ where, problems });
    for (const [key, operations] of this.#history.take()) {
      const initial = this.#states.get(key) ?? [null];
      const checked = checkOrder(operations, initial);
      if (checked.isOrdered) {
        this.#states.set(key, checked.states);
        const { mostConfigurations } = checked;
        this.#sums.mostConfigurations = Math.max(this.#sums.mostConfigurations, mostConfigurations);
        continue;
      }
      const lines = historyLines(shrinkHistory({ initial, operations }));
      const file = join(failures, `order-${seed}-${life}-${key}.json.gz`);
      mkdirSync(failures, { recursive: true });
      writeFileSync(file, orderFailureText({ where, key, initial, operations, problems: lines }));
      violations.push({ where: `${where}, key ${key}`, problems: lines, file });
    }
    this.#forgetObjects();
    this.#sums.checkingMs += performance.now() - startedAt;
  }

  /** Of what no key can be any more, nothing is to be seen. */
  #forgetObjects() {
    const { objects } = this.#history;
    const states = [...this.#states.values()].flat();
    const possible = new Set(states.flatMap((state) => (state === null ? [] : [state.etag])));
    for (const etag of objects.keys()) if (!possible.has(etag)) objects.delete(etag);
  }
}

/** @param {number} port */
async function createBucket(port) {
  const connection = new OssConnection(port);
  const { status } = await connection.send({ method: 'PUT', bucket: BUCKET });
  if (status !== 200) throw new Error(`The bucket cannot be made: ${status}`);
  connection.close();
}
