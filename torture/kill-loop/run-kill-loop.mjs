import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ABSENT, Oracle } from '../workload/oracle.mjs';
import { SeededRandom } from '../workload/seeded-random.mjs';
import { deleteTogether, mayHaveBlob } from './delete-together.mjs';
import { SEALED_MARK } from './encryption-modes.mjs';
import { filesWith } from './find-plain.mjs';
import { KeyWriter } from './key-writer.mjs';
import { hasReached, noKills, startPhase } from './kill-phases.mjs';
import { makeBuckets } from './make-buckets.mjs';
import { OssConnection } from './oss-connection.mjs';
import { ServerProcess } from './server-process.mjs';
import { workersOf } from './server-workers.mjs';
import { verifyServer } from './verify-server.mjs';
import { Writer, WriterSurroundings } from './writer.mjs';

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
 * @property {(directory: string, round: number) => void | Promise<void>} [betweenRounds] for showing that damage is
 *   found: may do what it likes with the data directory of a server that was killed
 * @property {Readonly<Record<string, string>>} [environment] of the servers: for showing that broken
 *   ones are found
 * @property {(port: number) => Promise<{ readonly port: number, close(): void }>} [before] something
 *   that stands before each server, and may lie
 * @property {() => boolean} [isEnough] asked before each round: no more of them
 */

/**
 * @typedef {object} KillLoopResult
 * @property {number} kills
 * @property {KillCounts} killsBy what the server was doing when it was killed
 * @property {number} verifications
 * @property {number} acknowledged
 * @property {number} keys of KMS that there were in the end
 * @property {number} milliseconds
 * @property {{ readonly seed: string, readonly problems: string[], readonly file: string }[]} violations
 */

const WRITERS = 6;
const KEY_WRITERS = 2;

/** There are so many keys at first, and with each round more, for a kill to find some in the making. */
const KEYS = { first: 6, eachRound: 2, most: 300 };

/** Races that everybody has long left are deleted, so that verifying stays short. */
const KEPT_RACES = 12;

/**
 * How many changes are acknowledged, at most, before a kill, and how long that may take. A kill finds
 * the same things under way after few as after many: half of them come early, for there to be more.
 */
const MOST_WORK = 250;
const LITTLE_WORK = 60;
const LONGEST_WORK_MS = 2000;
/** The same where only keys are changed, one after another. */
const SOME_KEYS = 20;

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

/** A server of the loop has KMS beside OSS. */
const WITH_KMS = ['--rpc-listen', '127.0.0.1:0'];

/** Nothing is waited for longer. */
const LONGEST_START_MS = 30_000;

/** @typedef {{ readonly port: number, readonly kmsPort: number }} Ports */

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
  /** @type {{ close(): void } & { readonly port: number } | undefined} what stands before the server */
  #between;
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
      keys: this.#around.keys.count,
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
      const ports = await this.#start();
      await this.#verify(ports);
      if (this.#violations.length > 0) return;
      if (round === 0) await makeBuckets(this.#around, this.#random.fork('buckets'), ports);
      await this.#forgetRaces(ports.port);
      await this.#workAndKill(ports, round);
      // Again while it recovers, and while that recovery is recovered from.
      while (this.#kills < kills && this.#random.chance(0.4)) await this.#killWhileStarting();
      await betweenRounds?.(this.#directory, round);
    }
    await this.#verify(await this.#start());
    await this.#end('SIGTERM');
    this.#lookForPlain();
  }

  async end() {
    await this.#server?.end('SIGKILL');
    this.#between?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** @returns {Promise<Ports>} */
  async #start() {
    this.#server = this.#newServer(this.#options.workers);
    const started = await this.#server.ready();
    if (started === undefined) throw new Error('The server was killed by somebody else');
    this.#between = await this.#options.before?.(started);
    return { port: this.#between?.port ?? started, kmsPort: this.#server.kmsPort };
  }

  /** @param {number | undefined} workers */
  #newServer(workers) {
    const { environment = {} } = this.#options;
    const flags = [...WITH_KMS, ...workersOf(workers, this.#lives++)];
    return new ServerProcess(this.#directory, { flags, environment });
  }

  /** @param {'SIGKILL' | 'SIGTERM'} signal */
  async #end(signal) {
    const server = this.#server;
    this.#server = undefined;
    const problems = (await server?.end(signal)) ?? [];
    this.#between?.close();
    this.#between = undefined;
    this.#report(problems);
  }

  /**
   * @param {Ports} ports
   * @param {number} round
   */
  async #workAndKill({ port, kmsPort }, round) {
    const random = this.#random;
    const kind = random.weighted({ sweeper: 5, keys: 3, load: 12 });
    const life = `${this.#options.seed} round ${round}`;
    const mostKeys = Math.min(KEYS.most, KEYS.first + KEYS.eachRound * round);
    const keyWriters = Array.from({ length: KEY_WRITERS }, (_, number) => {
      const numbers = random.fork(`round ${round} key writer ${number}`);
      return new KeyWriter(this.#around, numbers, number, life, kmsPort, mostKeys);
    });
    const writers = Array.from({ length: kind === 'keys' ? 0 : WRITERS }, (_, number) => {
      const numbers = random.fork(`round ${round} writer ${number}`);
      return new Writer(this.#around, numbers, number, life, port);
    });
    const working = [
      ...writers.map((writer) => writer.work(kind === 'sweeper' ? 'overwriting' : 'everything')),
      ...keyWriters.map((writer) => writer.work()),
    ];
    if (kind === 'keys') {
      await this.#acknowledged(this.#around.acknowledged + random.between(0, SOME_KEYS));
      await delay(random.between(0, 3));
    } else if (kind === 'load') {
      const most = random.chance(0.5) ? LITTLE_WORK : MOST_WORK;
      await this.#acknowledged(this.#around.acknowledged + random.between(0, most));
      await delay(random.between(0, 5));
    } else {
      // Blobs are replaced, everybody is answered, and then the sweeper is at its work.
      await this.#acknowledged(this.#around.acknowledged + random.between(10, 80));
      for (const writer of [...writers, ...keyWriters]) writer.stop();
      await Promise.all(working);
      await deleteTogether(this.#around, port);
      // The answer and the first files overlap: of these kills some come at once.
      if (random.chance(0.5)) await delay(random.below(3));
    }
    await this.#end('SIGKILL');
    if (kind !== 'sweeper') this.#count(kind);
    else this.#count(this.#hasUnswept() ? 'sweeping' : 'idle');
    await Promise.all(working);
    this.#report(this.#around.problems.splice(0));
    this.#lookForPlain();
  }

  /** Of what is to be encrypted nothing stands in any file in the clear, whenever its server was killed. */
  #lookForPlain() {
    const files = filesWith(this.#directory, Buffer.from(SEALED_MARK));
    this.#report(files.map((file) => `what is to be encrypted is in the clear in ${file}`));
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
    const server = this.#newServer(workers);
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

  /** @param {Ports} ports */
  async #verify(ports) {
    this.#verifications++;
    const { patience } = this.#options;
    const { keys } = this.#around;
    this.#report(
      await verifyServer({
        ...ports,
        directory: this.#directory,
        oracle: this.#oracle,
        keys,
        random: this.#random.fork(`verification ${this.#verifications}`),
        patience,
      }),
    );
  }

  /** @param {number} port */
  async #forgetRaces(port) {
    const connection = new OssConnection(port);
    const newest = Math.floor(this.#around.races / WRITERS);
    for (const subject of [...this.#oracle.subjects]) {
      const [, bucket, race] = /^object ([^/]+)\/race\/(\d+)$/.exec(subject) ?? [];
      if (bucket === undefined || race === undefined || Number(race) > newest - KEPT_RACES)
        continue;
      if (this.#oracle.allowed(subject).has(ABSENT)) {
        // It was deleted, and found to be, or never was.
        this.#oracle.forget(subject);
        continue;
      }
      const intent = this.#oracle.begin(subject, ABSENT);
      const key = `race/${race}`;
      const { status } = await connection.send({ method: 'DELETE', bucket, key });
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
