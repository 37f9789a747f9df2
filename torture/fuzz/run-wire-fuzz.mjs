import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OssConnection } from '../kill-loop/oss-connection.mjs';
import { ServerProcess } from '../kill-loop/server-process.mjs';
import { SeededRandom } from '../workload/seeded-random.mjs';
import { furnish, SENTINEL, SENTINEL_BODY } from './furniture.mjs';
import { wireFailureText } from './fuzz-failure.mjs';
import { generateRequest } from './generate-request.mjs';
import { shrinkInput } from './shrink-input.mjs';
import { converse } from './wire-conversation.mjs';
import { isSound } from './wire-request.mjs';

/**
 * @import { WireInput } from './wire-conversation.mjs'
 */

/**
 * @typedef {object} WireFuzzOptions
 * @property {string} seed
 * @property {number} inputs requests that are sent, of which each is answered or its connection ended
 * @property {string} scratch
 * @property {string} failures
 * @property {(inputs: number) => void} [onProgress] told how many were answered, or ended their connections
 */

/**
 * @typedef {object} WireFuzzResult
 * @property {number} inputs
 * @property {number} answers
 * @property {number} successes answers of 200 to 299: the requests got through to the handlers
 * @property {number} sentinels requests that somebody else made all the while, and that were right
 * @property {number} slowestSentinelMs
 * @property {number} mostMemoryMiB the server's own memory, without what is mapped from files
 * @property {number} milliseconds
 * @property {{ readonly where: string, readonly problems: string[], readonly file?: string }[]} violations
 */

const LANES = 24;

/** How many sound requests a connection has at most before the one that may end it. */
const MOST_TOGETHER = 10;

/** A new server, with an empty data directory, after so many inputs. */
const INPUTS_OF_A_LIFE = 100_000;

/** A server that neither answers nor closes within so many milliseconds hangs. */
const PATIENCE_MS = 20_000;

/** A server may have so much memory of its own when it has seen everything, in MiB. */
const MOST_MEMORY = 400;

/** How long a server that has nothing to do may take to end. */
const LONGEST_END_MS = 5000;

/** Descriptors more than at first that a server may have when all connections are over. */
const MOST_KEPT = 8;

const ENOUGH_VIOLATIONS = 5;

/**
 * Sends a server requests that are wrong in every way, on many connections, and looks at everything
 * it answers.
 * @param {WireFuzzOptions} options
 * @returns {Promise<WireFuzzResult>}
 */
export async function runWireFuzz(options) {
  const startedAt = performance.now();
  const { inputs, scratch } = options;
  /** @type {WireFuzzResult} */
  const sum = {
    inputs: 0,
    answers: 0,
    successes: 0,
    sentinels: 0,
    slowestSentinelMs: 0,
    mostMemoryMiB: 0,
    milliseconds: 0,
    violations: [],
  };
  for (let life = 0; sum.inputs < inputs; life++) {
    const directory = join(scratch, `fuzz-data-${life}`);
    const until = Math.min(inputs, sum.inputs + INPUTS_OF_A_LIFE);
    await live({ ...options, life, directory, until, sum });
    rmSync(directory, { recursive: true, force: true });
    if (sum.violations.length >= ENOUGH_VIOLATIONS) break;
  }
  return { ...sum, milliseconds: performance.now() - startedAt };
}

/**
 * @typedef {WireFuzzOptions & { readonly life: number, readonly directory: string,
 *   readonly until: number, readonly sum: WireFuzzResult }} Life
 */

/** @param {Life} work */
async function live(work) {
  const { directory } = work;
  rmSync(directory, { recursive: true, force: true });
  const server = new ServerProcess(directory);
  try {
    await fuzz(server, work);
  } finally {
    await server.end('SIGKILL');
  }
}

/**
 * @param {ServerProcess} server
 * @param {Life} work
 */
async function fuzz(server, work) {
  const { seed, life, directory, until, sum, failures, onProgress } = work;
  const port = await server.ready();
  if (port === undefined) throw new Error('The server was killed by somebody else');
  await furnish(port);
  const descriptors = descriptorsOf(server.pid);
  const sentinel = new Sentinel(port);
  const watching = sentinel.watch();
  let number = 0;
  /** @type {{ readonly name: string, readonly input: WireInput, readonly problem: string }[]} */
  const found = [];
  const lane = async () => {
    while (sum.inputs < until && found.length < ENOUGH_VIOLATIONS) {
      const name = `${seed} life ${life} input ${number++}`;
      const input = generateInput(new SeededRandom(`fuzz ${name}`));
      for (let rest = input; ; ) {
        const { problem, served, answers, statuses } = await converse(port, rest, PATIENCE_MS);
        sum.answers += answers;
        for (const [status, count] of statuses) if (status < 300) sum.successes += count;
        sum.inputs += served;
        onProgress?.(sum.inputs);
        if (problem !== undefined) {
          found.push({ name, input: rest, problem });
          break;
        }
        if (served === rest.sound.length) {
          // With the last one, where the connection was still there to take it.
          if (rest.last !== undefined) sum.inputs++;
          break;
        }
        rest = { ...rest, sound: rest.sound.slice(served) };
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  sentinel.stop();
  await watching;
  sum.sentinels += sentinel.count;
  sum.slowestSentinelMs = Math.max(sum.slowestSentinelMs, Math.round(sentinel.slowest));
  const memory = memoryOf(server.pid);
  const kept = await keptDescriptors(server.pid, descriptors);
  sum.mostMemoryMiB = Math.max(sum.mostMemoryMiB, memory);
  const endingAt = Date.now();
  const problems = [...sentinel.problems, ...(await server.end('SIGTERM'))];
  const ending = Date.now() - endingAt;
  if (ending > LONGEST_END_MS) {
    problems.push(`with nothing under way the server took ${ending} ms to end`);
  }
  if (kept > MOST_KEPT)
    problems.push(`the server keeps ${kept} descriptors of connections that are over`);
  if (memory > MOST_MEMORY) problems.push(`the server has ${memory} MiB of memory at the end`);
  for (const { name, input, problem } of found.slice(0, ENOUGH_VIOLATIONS)) {
    const shrunk = await shrinkInput(input, `${directory}-again`);
    const file = join(failures, `fuzz-${name.replaceAll(' ', '-')}.json.gz`);
    mkdirSync(failures, { recursive: true });
    writeFileSync(
      file,
      wireFailureText({ where: name, problems: [problem], input: shrunk ?? input }),
    );
    const note = shrunk === undefined ? ['alone, and on a new server, it does not show'] : [];
    sum.violations.push({ where: name, problems: [problem, ...note, ...problems], file });
  }
  if (found.length === 0 && problems.length > 0) {
    sum.violations.push({ where: `seed ${seed}, life ${life}`, problems });
  }
}

/**
 * @param {SeededRandom} random
 * @returns {WireInput}
 */
export function generateInput(random) {
  /** @type {WireInput['sound'][number][]} */
  const sound = [];
  for (let count = random.between(1, MOST_TOGETHER + 1); sound.length < count; ) {
    const request = generateRequest(random);
    if (!isSound(request)) return { sound, last: request };
    sound.push(request);
  }
  return { sound };
}

/** Somebody who uses the server while it is fuzzed, and must not notice. */
class Sentinel {
  #port;
  #isStopped = false;
  count = 0;
  slowest = 0;
  /** @type {string[]} */
  problems = [];

  /** @param {number} port */
  constructor(port) {
    this.#port = port;
  }

  stop() {
    this.#isStopped = true;
  }

  async watch() {
    try {
      const connection = new OssConnection(this.#port);
      while (!this.#isStopped) {
        const startedAt = performance.now();
        const answering = connection.send({ method: 'GET', ...SENTINEL });
        const answer = await Promise.race([
          answering,
          delay(PATIENCE_MS, undefined, { ref: false }),
        ]);
        this.slowest = Math.max(this.slowest, performance.now() - startedAt);
        if (answer?.status !== 200 || !answer.body.equals(SENTINEL_BODY)) {
          throw new Error(`was answered ${answer?.status ?? 'nothing'}`);
        }
        this.count++;
        await delay(50);
      }
      connection.close();
    } catch (error) {
      this.problems.push(`the sentinel: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/**
 * A process's own memory in MiB; 0 where the system does not tell.
 * @param {number | undefined} pid
 */
function memoryOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/RssAnon:\s*(\d+) kB/.exec(text)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/**
 * How many descriptors a process has more than before, once it has had a moment to close them.
 * @param {number | undefined} pid
 * @param {number} before
 */
async function keptDescriptors(pid, before) {
  const deadline = Date.now() + 5000;
  for (;;) {
    const kept = descriptorsOf(pid) - before;
    if (kept <= MOST_KEPT || Date.now() > deadline) return kept;
    await delay(50);
  }
}

/**
 * How many descriptors a process has; 0 where the system does not tell.
 * @param {number | undefined} pid
 */
function descriptorsOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
