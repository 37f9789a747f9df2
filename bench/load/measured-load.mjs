import { settle } from '../processes/settle.mjs';

/** More requests than this are never built for one run: they are a quarter of a gigabyte. */
const MAX_REQUESTS = 400_000;
/** Requests of servers that make no difference between them; sent over and over. */
const REPEATED_REQUESTS = 4096;
/** A rate that is not known is found by a short run, which warms the server up too. */
const PROBE_SECONDS = 0.3;
const PROBE_REQUESTS = 20_000;
/** How much faster than before a server may be without running out of requests. */
const ALLOWANCE = 1.5;

/**
 * One measured turn of one server.
 *
 * @typedef {object} Turn
 * @property {import('../contestants/running-server.mjs').RunningServer} server
 * @property {string} kind turns of one kind are expected to be about equally fast
 * @property {(count: number, turn: string) => import('./recipes.mjs').Recipe} recipe for so many
 *   requests; `turn` differs from turn to turn
 * @property {number} connections
 * @property {readonly number[]} statuses
 * @property {number} [answerBytes]
 * @property {number} [requests] exactly so many, however long it takes
 * @property {boolean} [repeat] whether the server makes no difference between requests
 */

/**
 * @typedef {object} TurnFigures
 * @property {number} perSecond
 * @property {number} bytesPerSecond
 * @property {number} seconds
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number} tail p99 over p50
 * @property {number | undefined} cpuMicros of the server's processes, a request
 * @property {number | undefined} cpuPerGiB the same in seconds for a GiB of bodies
 * @property {number} busy the share of a core that the load generator took
 */

/** Longer than any turn with a fixed number of requests may take. */
const NO_LIMIT_SECONDS = 3600;

/** Measures servers in turns with one load generator, and knows how many requests each turn needs. */
export class MeasuredLoad {
  #generator;
  #directory;
  /** @type {Map<string, number>} */
  #rates = new Map();
  #turns = 0;

  /**
   * @param {import('./load-generator.mjs').LoadGenerator} generator
   * @param {string} directory on the file system that is to have nothing left to write before a turn
   */
  constructor(generator, directory) {
    this.#generator = generator;
    this.#directory = directory;
  }

  /**
   * @param {Turn} turn
   * @param {number} seconds
   * @returns {Promise<{ figures: TurnFigures, failures: Record<string, number> }>}
   */
  async measure(turn, seconds) {
    const { server, requests } = turn;
    const kind = `${server.name} ${turn.kind}`;
    if (requests === undefined && !turn.repeat && !this.#rates.has(kind)) {
      await this.#prepare(turn, PROBE_REQUESTS);
      const probe = await this.#generator.run(Math.min(PROBE_SECONDS, seconds));
      this.#rates.set(kind, probe.requests / probe.seconds);
    }
    await this.#prepare(turn, requests ?? this.#enough(turn, kind, seconds));
    settle(this.#directory);
    const before = server.cpuSeconds();
    const result = await this.#generator.run(requests === undefined ? seconds : NO_LIMIT_SECONDS);
    const after = server.cpuSeconds();
    this.#rates.set(kind, result.requests / result.seconds);
    const cpu = before === undefined || after === undefined ? undefined : after - before;
    const failures = { ...result.errors };
    if (result.requests === 0) failures['no good answer'] = 1;
    return { figures: figuresOf(result, cpu), failures };
  }

  /**
   * Sends requests that nobody measures: to fill a bucket, or to warm a server up.
   *
   * @param {Turn} turn with `requests` or else with `seconds`
   * @param {number} [seconds]
   * @returns {Promise<void>}
   * @throws {Error} when one of a fixed number of them fails
   */
  async send(turn, seconds) {
    await this.#prepare(turn, turn.requests ?? (turn.repeat ? REPEATED_REQUESTS : PROBE_REQUESTS));
    const { requests, errors } = await this.#generator.run(seconds ?? NO_LIMIT_SECONDS);
    if (turn.requests !== undefined && requests !== turn.requests) {
      throw new Error(`${turn.server.name}: ${turn.kind}: ${JSON.stringify(errors)}`);
    }
  }

  /**
   * @param {Turn} turn
   * @param {number} requests
   */
  async #prepare(turn, requests) {
    const { server, connections, statuses, answerBytes } = turn;
    this.#turns += 1;
    await this.#generator.prepare({
      host: server.host,
      port: server.port,
      style: server.style,
      recipe: turn.recipe(requests, String(this.#turns).padStart(6, '0')),
      requests,
      repeat: turn.repeat ?? false,
      connections,
      statuses,
      ...(answerBytes === undefined ? {} : { answerBytes }),
    });
  }

  /**
   * @param {Turn} turn
   * @param {string} kind
   * @param {number} seconds
   */
  #enough(turn, kind, seconds) {
    if (turn.repeat) return REPEATED_REQUESTS;
    const expected = (this.#rates.get(kind) ?? 0) * seconds * ALLOWANCE;
    return Math.min(MAX_REQUESTS, Math.ceil(expected) + turn.connections + 100);
  }
}

/**
 * @param {import('./load-run.mjs').LoadResult} result
 * @param {number | undefined} cpuSeconds
 * @returns {TurnFigures}
 */
function figuresOf({ requests, seconds, bytes, p50, p99, busy }, cpuSeconds) {
  const each = (/** @type {number} */ amount) =>
    cpuSeconds === undefined || amount === 0 ? undefined : cpuSeconds / amount;
  const cpuPerRequest = each(requests);
  return {
    perSecond: requests / seconds,
    bytesPerSecond: bytes / seconds,
    seconds,
    p50,
    p99,
    tail: p50 === 0 ? 0 : p99 / p50,
    cpuMicros: cpuPerRequest === undefined ? undefined : cpuPerRequest * 1e6,
    cpuPerGiB: each(bytes / 1024 ** 3),
    busy,
  };
}
