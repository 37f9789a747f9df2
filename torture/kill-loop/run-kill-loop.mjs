import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ABSENT, Oracle } from '../workload/oracle.mjs';
import { SeededRandom } from '../workload/seeded-random.mjs';
import { deleteTogether, mayHaveBlob } from './delete-together.mjs';
import { hasReached, noKills, startPhase } from './kill-phases.mjs';
import { OssConnection } from './oss-connection.mjs';
import { ServerProcess } from './server-process.mjs';
import { workersOf } from './server-workers.mjs';
import { verifyServer } from './verify-server.mjs';
import { BUCKET, bucketSubject, Writer, WriterSurroundings } from './writer.mjs';

/**
 * @import { KillCounts, KillPhase, StartAim } from './kill-phases.mjs'
 */

/**
 * @typedef {object} KillLoopOptions
 * @property {string} seed
 * @property {number} kills
 * @property {string} scratch
 * @property {string} failures where the data directory of a violation is kept
 * @property {number | undefined} [workers] of each server; none and several in turn unless told
 * @property {(kills: number) => void} [onProgress] told how many were made
 * @property {number} [patience] how long the sweeper may take, in milliseconds
 * @property {(directory: string, round: number) => void} [betweenRounds] for showing that damage is
 *   found: may do what it likes with the data directory of a server that was killed
 * @property {() => boolean} [isEnough] asked before each round: no more of them
 */

/**
 * @typedef {object} KillLoopResult
 * @property {number} kills
 * @property {KillCounts} killsBy what the server was doing when it was killed
 * @property {number} verifications
 * @property {number} acknowledged
 * @property {number} milliseconds
 * @property {{ readonly seed: string, readonly problems: string[], readonly file: string }[]} violations
 */

const WRITERS = 6;

/** Races that everybody has long left are deleted, so that verifying stays short. */
const KEPT_RACES = 12;

/**
 * How many changes are acknowledged, at most, before a kill, and how long that may take. A kill finds
 * the same things under way after few as after many: half of them come early, for there to be more.
 */
const MOST_WORK = 250;
const LITTLE_WORK = 60;
const LONGEST_WORK_MS = 2000;

/**
 * Where kills of a start aim at: a phase of it, and how long after its beginning, at most, in
 * milliseconds. Opening and taking up last some ten; with workers a start goes on for a second, of
 * which the sweeper has the beginning.
 */
const AIMS = /** @type {const} */ ({
  before: [300],
  opening: [4, 12],
  starting: [6, 600],
  takingUp: [1, 8],
});

/** Nothing is waited for longer. */
const LONGEST_START_MS = 30_000;

/**
 * Kills a server again and again while clients write to it, starts it anew, and compares everything
 * it has with what was acknowledged.
 * @param {KillLoopOptions} options
 * @returns {Promise<KillLoopResult>}
 */
export async function runKillLoop(options) {
  const loop = new KillLoop(options);
  try {
    await loop.run();
  } finally {
    await loop.end();
  }
  return loop.result;
}

class KillLoop {
  #options;
  #random;
  #directory;
  #oracle = new Oracle();
  #around = new WriterSurroundings(this.#oracle, WRITERS);
  #startedAt = Date.now();
  #lives = 0;
  /** @type {ServerProcess | undefined} */
  #server;
  #killsBy = noKills();
  #verifications = 0;
  /** @type {KillLoopResult['violations']} */
  #violations = [];

  /** @param {KillLoopOptions} options */
  constructor(options) {
    this.#options = options;
    this.#random = new SeededRandom(`kill-loop ${options.seed}`);
    mkdirSync(options.scratch, { recursive: true });
    this.#directory = join(options.scratch, 'kill-loop-data');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** @returns {KillLoopResult} */
  get result() {
    return {
      kills: this.#kills,
      killsBy: this.#killsBy,
      verifications: this.#verifications,
      acknowledged: this.#around.acknowledged,
      milliseconds: Date.now() - this.#startedAt,
      violations: this.#violations,
    };
  }

  get #kills() {
    return Object.values(this.#killsBy).reduce((sum, count) => sum + count, 0);
  }

  async run() {
    const { kills, betweenRounds, isEnough = () => false } = this.#options;
    for (let round = 0; this.#kills < kills && this.#violations.length === 0; round++) {
      if (isEnough()) return;
      const port = await this.#start();
      await this.#verify(port);
      if (this.#violations.length > 0) return;
      if (round === 0) await this.#createBucket(port);
      await this.#forgetRaces(port);
      await this.#workAndKill(port, round);
      // Again while it recovers, and while that recovery is recovered from.
      while (this.#kills < kills && this.#random.chance(0.4)) await this.#killWhileStarting();
      betweenRounds?.(this.#directory, round);
    }
    const port = await this.#start();
    await this.#verify(port);
    await this.#end('SIGTERM');
  }

  async end() {
    await this.#server?.end('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #start() {
    this.#server = new ServerProcess(this.#directory, {
      flags: workersOf(this.#options.workers, this.#lives++),
    });
    const port = await this.#server.ready();
    if (port === undefined) throw new Error('The server was killed by somebody else');
    return port;
  }

  /** @param {'SIGKILL' | 'SIGTERM'} signal */
  async #end(signal) {
    const server = this.#server;
    this.#server = undefined;
    const problems = (await server?.end(signal)) ?? [];
    this.#report(problems);
  }

  /**
   * @param {number} port
   * @param {number} round
   */
  async #workAndKill(port, round) {
    const random = this.#random;
    const kind = random.chance(0.25) ? 'sweeper' : 'load';
    const life = `${this.#options.seed} round ${round}`;
    const writers = Array.from({ length: WRITERS }, (_, number) => {
      const numbers = random.fork(`round ${round} writer ${number}`);
      return new Writer(this.#around, numbers, number, life, port);
    });
    const working = writers.map((writer) =>
      writer.work(kind === 'sweeper' ? 'overwriting' : 'everything'),
    );
    if (kind === 'load') {
      const most = random.chance(0.5) ? LITTLE_WORK : MOST_WORK;
      await this.#acknowledged(this.#around.acknowledged + random.between(0, most));
      await delay(random.between(0, 5));
    } else {
      // Blobs are replaced, everybody is answered, and then the sweeper is at its work.
      await this.#acknowledged(this.#around.acknowledged + random.between(10, 80));
      for (const writer of writers) writer.stop();
      await Promise.all(working);
      await deleteTogether(this.#around, port);
      // The answer and the first files overlap: of these kills some come at once.
      if (random.chance(0.5)) await delay(random.below(3));
    }
    await this.#end('SIGKILL');
    if (kind === 'load') this.#count('load');
    else this.#count(this.#hasUnswept() ? 'sweeping' : 'idle');
    await Promise.all(working);
    this.#report(this.#around.problems.splice(0));
  }

  /**
   * Waits until so many changes were acknowledged: a time would mean much work on one machine and
   * none on another.
   * @param {number} count
   */
  async #acknowledged(count) {
    const deadline = Date.now() + LONGEST_WORK_MS;
    while (this.#around.acknowledged < count && Date.now() < deadline) await delay(1);
  }

  /** @param {KillPhase} phase */
  #count(phase) {
    this.#killsBy[phase]++;
    this.#options.onProgress?.(this.#kills);
  }

  /** Whether there are files that no object has any more, when every change was answered. */
  #hasUnswept() {
    const entries = readdirSync(join(this.#directory, 'blobs'), {
      recursive: true,
      withFileTypes: true,
    });
    const files = entries.filter((entry) => entry.isFile()).length;
    let blobs = 0;
    for (const subject of this.#oracle.subjects) {
      if (subject.startsWith('object ') && mayHaveBlob(this.#oracle.allowed(subject))) blobs++;
    }
    return files > blobs;
  }

  async #killWhileStarting() {
    const random = this.#random;
    const aim = this.#startAim();
    const since = Date.now();
    // With workers a start ends when the sweeper has long been done.
    const workers = this.#options.workers ?? (aim === 'takingUp' ? 0 : undefined);
    const server = new ServerProcess(this.#directory, {
      flags: workersOf(workers, this.#lives++),
    });
    this.#server = server;
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    // One that ends by itself is told of when it is to be killed.
    server.ready().then(over, over);
    const isThere = () => isOver || hasReached(startPhase(this.#directory, since), aim);
    while (!isThere() && Date.now() - since < LONGEST_START_MS) await delay(1);
    await delay(random.between(0, random.pick(AIMS[aim])));
    await this.#end('SIGKILL');
    this.#count(startPhase(this.#directory, since));
  }

  /**
   * What the next kill of a start is to meet: every other time what was met least, for a machine that
   * has much to do misses some phases more often than others.
   * @returns {StartAim}
   */
  #startAim() {
    const counts = this.#killsBy;
    const aims = /** @type {const} */ (['opening', 'starting', 'takingUp']);
    const [least] = [...aims].sort((one, other) => counts[one] - counts[other]);
    if (least !== undefined && this.#random.chance(0.5)) return least;
    return this.#random.weighted({ before: 1, opening: 2, starting: 2, takingUp: 2 });
  }

  /** @param {number} port */
  async #verify(port) {
    this.#verifications++;
    const { patience } = this.#options;
    this.#report(await verifyServer(port, this.#directory, this.#oracle, patience));
  }

  /** @param {number} port */
  async #createBucket(port) {
    const connection = new OssConnection(port);
    const intent = this.#oracle.begin(bucketSubject(BUCKET), 'there');
    const { status } = await connection.send({ method: 'PUT', bucket: BUCKET });
    if (status !== 200) throw new Error(`The bucket cannot be made: ${status}`);
    this.#oracle.acknowledge(intent);
    connection.close();
  }

  /** @param {number} port */
  async #forgetRaces(port) {
    const connection = new OssConnection(port);
    const newest = Math.floor(this.#around.races / WRITERS);
    for (const subject of [...this.#oracle.subjects]) {
      const race = /\/race\/(\d+)$/.exec(subject)?.[1];
      if (race === undefined || Number(race) > newest - KEPT_RACES) continue;
      if (this.#oracle.allowed(subject).has(ABSENT)) {
        // It was deleted, and found to be, or never was.
        this.#oracle.forget(subject);
        continue;
      }
      const intent = this.#oracle.begin(subject, ABSENT);
      const key = `race/${race}`;
      const { status } = await connection.send({ method: 'DELETE', bucket: BUCKET, key });
      if (status !== 204) throw new Error(`${subject} cannot be deleted: ${status}`);
      this.#oracle.acknowledge(intent);
    }
    connection.close();
  }

  /** @param {readonly string[]} problems */
  #report(problems) {
    if (problems.length === 0) return;
    const { seed, failures } = this.#options;
    const file = join(failures, `kill-loop-${seed}-${this.#kills}-kills`);
    if (this.#violations.length === 0) {
      mkdirSync(failures, { recursive: true });
      cpSync(this.#directory, file, {
        recursive: true,
        filter: (source) => !source.includes('.sock') && !source.endsWith('.new'),
      });
    }
    this.#violations.push({ seed, problems: [...problems], file });
  }
}
