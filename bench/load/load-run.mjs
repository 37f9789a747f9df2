import { randomFillSync } from 'node:crypto';
import { Connection } from './connection.mjs';
import { LatencyHistogram } from './latency-histogram.mjs';
import { RequestSlab } from './request-slab.mjs';

/**
 * What a run does, as it is told to the generator.
 *
 * @typedef {object} LoadPlan
 * @property {string} host
 * @property {number} port
 * @property {import('./request-head.mjs').RequestStyle} style
 * @property {import('./recipes.mjs').Recipe} recipe
 * @property {number} requests how many to build, and at most to send
 * @property {boolean} repeat whether to begin again when all were sent: for servers that make no
 *   difference between a request and its repetition
 * @property {number} connections each with one request in flight
 * @property {readonly number[]} statuses what a good answer has
 * @property {number} [answerBytes] how long the body of a good answer is, where that is known
 * @property {number} [pauseMilliseconds] between an answer and the next request of its connection
 */

/**
 * What a run found.
 *
 * @typedef {object} LoadResult
 * @property {number} requests answered as they should be
 * @property {number} seconds from the first request to the last answer
 * @property {number} bytes of bodies, sent and received
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number} mean milliseconds
 * @property {number} max milliseconds
 * @property {number} busy the share of one core that the generator itself used
 * @property {number} failures
 * @property {Record<string, number>} errors how often each kind of failure came
 * @property {boolean} exhausted whether the requests that were built ran out before the time did
 */

const CHUNK_BYTES = 1024 * 1024;
/** Answers from here on are read through large buffers. */
const BULK_BYTES = 512 * 1024;
/** A run with so many failures says nothing; it is ended. */
const MAX_FAILURES = 1000;
/** A run in which nothing moves, in or out, for so long is ended: a server hangs. */
const STALLED_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 1000;

/** One measured run: closed loop, bounded in requests and in time. */
export class LoadRun {
  #plan;
  #slab;
  #bodyBytes;
  #course;
  /** @type {Set<Connection>} */
  #connections = new Set();
  #latencies = new LatencyHistogram();
  /** @type {Map<string, number>} */
  #errors = new Map();
  #failures = 0;
  #bytes = 0;
  #sent = 0;
  #inFlight = 0;
  #startedAt = 0;
  #lastAnswerAt = 0;
  #deadline = 0;
  #movedAt = 0;
  #over = false;
  #exhausted = false;
  #finish = () => {};

  /**
   * Builds and signs all requests.
   *
   * @param {LoadPlan} plan
   */
  constructor(plan) {
    const { host, port, recipe } = plan;
    this.#plan = plan;
    this.#slab = new RequestSlab(`${host}:${port}`, recipe, plan.style, plan.requests);
    this.#bodyBytes = recipe.kind === 'put-objects' ? recipe.bodyBytes : 0;
    this.#course = {
      host,
      port,
      bodyBytes: this.#bodyBytes,
      // Random, so that nothing on the way compresses it.
      chunk: randomFillSync(Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, this.#bodyBytes))),
      bulk: (plan.answerBytes ?? 0) >= BULK_BYTES,
      moved: () => {
        this.#movedAt = Date.now();
      },
      answered: (/** @type {Connection} */ connection) => this.#answered(connection),
      failed: (/** @type {Connection} */ connection, /** @type {Error} */ error) =>
        this.#failed(connection, error),
    };
  }

  /**
   * Connects, then runs until the time is up or the requests are used up.
   *
   * @param {number} seconds
   * @returns {Promise<LoadResult>}
   */
  async run(seconds) {
    const { connections } = this.#plan;
    for (let i = 0; i < connections; i++) this.#connections.add(new Connection(this.#course));
    try {
      await Promise.all([...this.#connections].map((connection) => connection.connected()));
    } catch (error) {
      for (const connection of this.#connections) connection.end();
      throw error;
    }

    const cpuBefore = process.cpuUsage();
    const finished = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
      this.#finish = resolve;
    });
    this.#startedAt = performance.now();
    this.#lastAnswerAt = this.#startedAt;
    this.#deadline = this.#startedAt + seconds * 1000;
    this.#movedAt = Date.now();
    const looking = setInterval(() => {
      if (Date.now() - this.#movedAt > STALLED_MILLISECONDS) this.#giveUp();
    }, LOOK_MILLISECONDS);
    for (const connection of [...this.#connections]) this.#next(connection);
    await finished;
    clearInterval(looking);
    const { user, system } = process.cpuUsage(cpuBefore);
    this.#over = true;
    for (const connection of this.#connections) connection.end();
    return this.#result((user + system) / 1e6);
  }

  /** Sends nothing more; the run ends with the answers that are under way. */
  stop() {
    this.#deadline = 0;
  }

  /** @param {Connection} connection */
  #next(connection) {
    const now = performance.now();
    const { requests, repeat } = this.#plan;
    if (this.#sent >= requests && !repeat && now < this.#deadline) this.#exhausted = true;
    if (now >= this.#deadline || this.#exhausted || this.#over) {
      if (this.#inFlight === 0) this.#finish();
      return;
    }
    connection.request = this.#sent % requests;
    connection.sentAt = now;
    this.#sent += 1;
    this.#inFlight += 1;
    connection.send(this.#slab.head(connection.request));
  }

  /** @param {Connection} connection */
  #answered(connection) {
    const now = performance.now();
    const { parser } = connection;
    const { statuses, answerBytes, pauseMilliseconds } = this.#plan;
    this.#inFlight -= 1;
    if (!statuses.includes(parser.status)) {
      this.#count(`status ${parser.status}`);
    } else if (answerBytes !== undefined && parser.bodyBytes !== answerBytes) {
      this.#count(`${parser.bodyBytes} bytes instead of ${answerBytes}`);
    } else {
      this.#latencies.record((now - connection.sentAt) * 1000);
      this.#bytes += this.#bodyBytes + parser.bodyBytes;
      this.#lastAnswerAt = now;
    }
    if (parser.closes) this.#replace(connection);
    else if (pauseMilliseconds === undefined) this.#next(connection);
    else setTimeout(() => this.#next(connection), pauseMilliseconds);
  }

  /**
   * @param {Connection} connection
   * @param {Error} error
   */
  #failed(connection, error) {
    if (this.#startedAt === 0 || this.#over) return;
    if (connection.busy) {
      this.#inFlight -= 1;
      this.#count(error.message);
    }
    this.#replace(connection);
  }

  /** A server may close a connection after an answer; the next request then needs a new one. @param {Connection} old */
  #replace(old) {
    old.end();
    this.#connections.delete(old);
    if (this.#over) return;
    const connection = new Connection(this.#course);
    this.#connections.add(connection);
    connection.connected().then(
      () => this.#next(connection),
      (error) => {
        this.#count(error instanceof Error ? error.message : String(error));
        this.#giveUp();
      },
    );
  }

  /** @param {string} kind */
  #count(kind) {
    this.#failures += 1;
    this.#errors.set(kind, (this.#errors.get(kind) ?? 0) + 1);
    if (this.#failures >= MAX_FAILURES) this.#giveUp();
  }

  #giveUp() {
    if (this.#over) return;
    this.#over = true;
    if (this.#inFlight > 0) this.#errors.set('no answer', this.#inFlight);
    this.#failures += this.#inFlight;
    this.#finish();
  }

  /**
   * @param {number} cpuSeconds
   * @returns {LoadResult}
   */
  #result(cpuSeconds) {
    const seconds = Math.max((this.#lastAnswerAt - this.#startedAt) / 1000, 1e-6);
    return {
      requests: this.#latencies.count,
      seconds,
      bytes: this.#bytes,
      p50: this.#latencies.percentile(0.5) / 1000,
      p99: this.#latencies.percentile(0.99) / 1000,
      mean: this.#latencies.mean / 1000,
      max: this.#latencies.max / 1000,
      busy: cpuSeconds / seconds,
      failures: this.#failures,
      errors: Object.fromEntries(this.#errors),
      exhausted: this.#exhausted,
    };
  }
}
