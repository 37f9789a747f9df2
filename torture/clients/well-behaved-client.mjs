import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionLost, OssConnection } from '../kill-loop/oss-connection.mjs';
import { BUCKET } from './request-bytes.mjs';

/**
 * @import { OssRequest } from '../kill-loop/oss-connection.mjs'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/** Bytes of its objects. */
const SIZE = 4096;

/** Milliseconds between two of its requests: it watches, and is no crowd itself. */
const PAUSE = 5;

/** Milliseconds after which a request counts as unanswered. */
const PATIENCE = 20_000;

/** Puts and gets small objects on one connection, all the time, and holds the server to every answer. */
export class WellBehavedClient {
  #port;
  #random;
  #connection;
  #isOver = false;
  #count = 0;
  /** @type {number[]} milliseconds */
  #latencies = [];
  /** @type {Set<string>} */
  #problems = new Set();
  #working;

  /**
   * @param {number} port
   * @param {SeededRandom} random
   */
  constructor(port, random) {
    this.#port = port;
    this.#random = random;
    this.#connection = new OssConnection(port);
    this.#working = this.#work();
  }

  /** How long its requests took since it was last asked, in milliseconds, in order of size. */
  takeLatencies() {
    const taken = this.#latencies.sort((a, b) => a - b);
    this.#latencies = [];
    return taken;
  }

  /** What was wrong since it was last asked. */
  takeProblems() {
    const taken = [...this.#problems];
    this.#problems.clear();
    return taken;
  }

  async stop() {
    this.#isOver = true;
    await this.#working;
    this.#connection.close();
  }

  async #work() {
    while (!this.#isOver) {
      const key = `well-behaved/${this.#count++ % 50}`;
      const body = Buffer.alloc(SIZE, `${this.#random.bits()} `);
      const put = await this.#send({ method: 'PUT', bucket: BUCKET, key, body });
      if (put !== undefined) {
        const md5 = createHash('md5').update(body).digest('hex').toUpperCase();
        if (put.status !== 200) this.#problems.add(`a put was answered with ${told(put)}`);
        else if (put.headers.get('etag') !== `"${md5}"`) this.#problems.add('a wrong ETag');
        else {
          const got = await this.#send({ method: 'GET', bucket: BUCKET, key });
          if (got !== undefined && got.status !== 200) {
            this.#problems.add(`a get was answered with ${told(got)}`);
          } else if (got !== undefined && !got.body.equals(body)) {
            this.#problems.add('a get answered other bytes than were put');
          }
        }
      }
      await delay(PAUSE);
    }
  }

  /** @param {OssRequest} request */
  async #send(request) {
    const before = performance.now();
    const late = setTimeout(() => this.#connection.close(), PATIENCE);
    try {
      const answer = await this.#connection.send(request);
      this.#latencies.push(performance.now() - before);
      return answer;
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      const seconds = ((performance.now() - before) / 1000).toFixed(1);
      this.#problems.add(`the connection of a well-behaved client was lost after ${seconds} s`);
      this.#connection.close();
      this.#connection = new OssConnection(this.#port);
      return undefined;
    } finally {
      clearTimeout(late);
    }
  }
}

/** @param {{ readonly status: number, readonly body: Buffer }} answer */
function told({ status, body }) {
  return `${status} ${/<Code>(\w+)</.exec(body.toString())?.[1] ?? ''}`;
}

/**
 * @param {readonly number[]} sorted
 * @param {number} share
 */
export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
