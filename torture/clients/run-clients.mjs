import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OssConnection } from '../kill-loop/oss-connection.mjs';
import { ServerProcess } from '../kill-loop/server-process.mjs';
import { Progress } from '../runner/progress.mjs';
import { SeededRandom } from '../workload/seeded-random.mjs';
import { LARGE_KEY } from './behaviours.mjs';
import { Crowds } from './crowds.mjs';
import { cutConnections } from './cut-connections.mjs';
import { fewDescriptors } from './few-descriptors.mjs';
import { overload } from './overload.mjs';
import { phasesOf } from './phases.mjs';
import { BUCKET } from './request-bytes.mjs';
import { descriptorLimit, figuresAfterCollection, figuresOf } from './server-figures.mjs';
import { percentile, WellBehavedClient } from './well-behaved-client.mjs';

/**
 * @import { CrowdOrder, CrowdReport } from './crowd-process.mjs'
 * @import { Phase } from './phases.mjs'
 * @import { ServerFigures } from './server-figures.mjs'
 */

/**
 * @typedef {object} ClientsOptions
 * @property {string} seed
 * @property {boolean} full
 * @property {string} scratch on a real disk
 * @property {(line: string) => void} say
 * @property {readonly string[]} [only] the phases to run, by name; and `cuts`, `overload`, `descriptors`
 * @property {readonly string[]} [flags] more flags of the server: for showing that it is found out
 * @property {Readonly<Record<string, string>>} [environment] of the server, for the same
 * @property {number} [patience] milliseconds that the server is waited for
 */

/**
 * @typedef {object} ClientsResult
 * @property {number} connections that misbehaved
 * @property {number} cuts
 * @property {number} refused with 503, as they should be
 * @property {number} answered of them, as they should be
 * @property {number} quietP99 milliseconds
 * @property {number} worstP99
 * @property {number} worstRss bytes above idle
 * @property {{ readonly phase: string, readonly problems: readonly string[] }[]} violations
 */

const MiB = 1024 * 1024;

/** What makes the server collect its garbage when it is asked. */
export const COLLECTOR = new URL('collect-when-asked.mjs', import.meta.url).href;

/** The object that readers do not read: larger than all buffers on the way to them. */
const LARGE_BYTES = 100 * MiB;

/**
 * The server under test is in a hurry to give clients up, so that it can be waited for; with large
 * crowds less so, that all of a crowd are there at the same time.
 * @param {boolean} full
 */
const hurry = (full) =>
  [
    ['--head-seconds', full ? '15' : '5'],
    ['--keep-alive-seconds', '5'],
    ['--idle-seconds', full ? '8' : '2'],
    ['--transfer-mib', '64'],
  ].flat();

/** How often the server is looked at, in milliseconds. */
const LOOK_MS = 100;

/** How long, at most, a crowd is waited for until the server has given it up. */
const PATIENCE_MS = 60_000;

/** How long the server is watched while nobody misbehaves, in milliseconds. */
const QUIET_MS = 1_500;

/** On a slow machine a well-behaved client may take so many times what it takes when it is quiet. */
const SLOWER = 25;

/**
 * What may stay in use after a crowd, garbage collected: slabs that are kept for the next writer, and
 * what is compiled and cached in the course of things.
 */
const LEFT_BYTES = 24 * MiB;

/**
 * What may stay with the process, however many crowds there were: the heap at its largest, and what
 * the allocator does not give back.
 */
const KEPT_BYTES = 512 * MiB;

/** Limits of a server with few descriptors: those it finds itself, and those it is told. */
const FEW_DESCRIPTORS = /** @type {const} */ (['as-it-is', 'told-too-much']);

/** Connections that are ours: of the well-behaved client, which may just be making another. */
const OWN_CONNECTIONS = 2;

/** Descriptors that come and go: the connection for metrics, directories being flushed. */
const PASSING_DESCRIPTORS = 6;

/**
 * Lets crowds of clients misbehave against a server, one way after another, while a well-behaved
 * client watches, and looks whether the server stays bounded and gives everything back.
 * @param {ClientsOptions} options
 * @returns {Promise<ClientsResult>}
 */
export async function runClients(options) {
  const { seed, full, scratch, only, flags = [], say } = options;
  const wants = (/** @type {string} */ name) => only === undefined || only.includes(name);
  const phases = phasesOf(full).filter(({ name }) => wants(name));
  const others = ['cuts', 'overload', ...FEW_DESCRIPTORS.map(() => 'descriptors')].filter(wants);
  const target = phases.length + others.length;
  const progress = new Progress({ part: 'clients', unit: 'crowds', target, say });
  const directory = join(scratch, 'clients');
  mkdirSync(directory, { recursive: true });
  const run = new ClientsRun(options, join(directory, 'data'), progress);
  try {
    if (phases.length > 0 || wants('cuts')) await run.withServer(phases, wants('cuts'));
    if (wants('overload')) {
      const { refused, problems } = await overload(join(directory, 'overload'), flags);
      run.result.refused += refused;
      run.report('overload', problems);
      progress.add();
      say(`clients: overload: ${refused} refused with 503`);
    }
    if (wants('descriptors')) {
      for (const limits of FEW_DESCRIPTORS) {
        const { puts, problems } = await fewDescriptors(join(directory, limits), limits);
        run.report(`few descriptors, ${limits}`, problems);
        progress.add();
        say(`clients: few descriptors, limits ${limits}: ${puts} puts in the storm`);
      }
    }
  } finally {
    progress.close();
    rmSync(directory, { recursive: true, force: true });
  }
  if (run.result.violations.length > 0) say(`clients: seed ${seed}`);
  return run.result;
}

class ClientsRun {
  #options;
  #directory;
  #random;
  #progress;
  /** @type {ClientsResult} */
  result = {
    connections: 0,
    cuts: 0,
    refused: 0,
    answered: 0,
    quietP99: 0,
    worstP99: 0,
    worstRss: 0,
    violations: [],
  };

  /**
   * @param {ClientsOptions} options
   * @param {string} directory
   * @param {Progress} progress
   */
  constructor(options, directory, progress) {
    this.#options = options;
    this.#progress = progress;
    this.#directory = directory;
    this.#random = new SeededRandom(`clients ${options.seed}`);
  }

  get #patience() {
    return this.#options.patience ?? PATIENCE_MS;
  }

  /** @param {() => Promise<boolean>} condition */
  #waitFor(condition) {
    return waitFor(condition, this.#patience);
  }

  /**
   * @param {string} phase
   * @param {readonly string[]} problems
   */
  report(phase, problems) {
    if (problems.length > 0) this.result.violations.push({ phase, problems: [...problems] });
  }

  /**
   * @param {readonly Phase[]} phases
   * @param {boolean} hasCuts
   */
  async withServer(phases, hasCuts) {
    const { flags = [], environment, full, say } = this.#options;
    const server = new ServerProcess(this.#directory, {
      hasAdmin: true,
      flags: [...hurry(full), ...flags],
      environment: { NODE_OPTIONS: `--import=${COLLECTOR}`, ...environment },
    });
    /** @type {WellBehavedClient | undefined} */
    let client;
    try {
      const port = (await server.ready()) ?? 0;
      await prepare(port);
      client = new WellBehavedClient(port, this.#random.fork('well-behaved'));
      await delay(QUIET_MS / 3);
      client.takeLatencies();
      await delay(QUIET_MS);
      this.result.quietP99 = percentile(client.takeLatencies(), 0.99);
      say(`clients: quiet, a well-behaved client's p99 is ${this.result.quietP99.toFixed(1)} ms`);
      for (const phase of phases) await this.#runPhase(phase, server, port, client);
      if (hasCuts) {
        const before = await figuresAfterCollection(server);
        const random = this.#random.fork('cuts');
        const { cuts, problems } = await cutConnections(port, random, full ? 20 : 2);
        this.result.cuts += cuts;
        problems.push(...(await this.#isAsBefore(server, before)));
        this.report('cuts', [...problems, ...client.takeProblems()]);
        this.#progress.add();
        say(`clients: ${cuts} connections cut, ${problems.length} problems`);
      }
      await client.stop();
      this.report('the end', [
        ...client.takeProblems(),
        ...(hasCuts ? await leftovers(port, this.#directory) : []),
      ]);
    } finally {
      // Also where something could not be run: it would go on asking for ever.
      await client?.stop();
      this.report('the server', await server.end('SIGTERM'));
    }
  }

  /**
   * @param {Phase} phase
   * @param {ServerProcess} server
   * @param {number} port
   * @param {WellBehavedClient} client
   */
  async #runPhase(phase, server, port, client) {
    const { name, lasts, memory, slowest } = phase;
    const { say, seed } = this.#options;
    const orders = phase.crowds.map((order) => affordable(order, say));
    const before = await figuresAfterCollection(server);
    client.takeLatencies();
    const crowds = new Crowds();
    /** @type {string[]} */
    const problems = [];
    let peak = before;
    let isLooking = true;
    const looking = (async () => {
      while (isLooking) {
        peak = greater(peak, await figuresOf(server));
        await delay(LOOK_MS);
      }
    })();
    // It is heard of where it is waited for.
    looking.catch(() => {});
    try {
      await crowds.gather(orders, port, `${seed} ${name}`);
      if (lasts === undefined) {
        const isOver = await this.#waitFor(
          async () => (await figuresOf(server)).connections <= OWN_CONNECTIONS,
        );
        if (!isOver) problems.push(`the server has not given them up in ${this.#patience} ms`);
      } else {
        await delay(lasts);
      }
      const reports = await crowds.end();
      for (const report of reports) problems.push(...this.#judge(report, lasts === undefined));
    } finally {
      isLooking = false;
      await looking;
      crowds.close();
    }
    const p99 = percentile(client.takeLatencies(), 0.99);
    const grown = peak.rss - before.rss;
    if (grown > memory)
      problems.push(`memory grew by ${mebibytes(grown)}, not ${mebibytes(memory)}`);
    const allowed = Math.max(this.result.quietP99 * SLOWER, slowest);
    if (p99 > allowed) {
      problems.push(
        `a well-behaved client's p99 was ${p99.toFixed(0)} ms, not ${allowed.toFixed(0)}`,
      );
    }
    problems.push(...(await this.#isAsBefore(server, before)), ...client.takeProblems());
    this.result.worstP99 = Math.max(this.result.worstP99, p99);
    this.result.worstRss = Math.max(this.result.worstRss, grown);
    this.report(name, problems);
    this.#progress.add();
    say(
      `clients: ${name}: ${peak.connections} connections, ${peak.descriptors} descriptors, memory +${mebibytes(grown)}, p99 ${p99.toFixed(1)} ms, ${problems.length} problems`,
    );
  }

  /**
   * @param {CrowdReport} report
   * @param {boolean} isGivenUp
   */
  #judge({ kind, connected, answered, unexpected }, isGivenUp) {
    this.result.connections += connected;
    this.result.answered += answered;
    const problems = unexpected.map((answer) => `${kind}: ${answer}`);
    if (connected === 0) problems.push(`${kind}: nobody could connect`);
    if (isGivenUp && answered === 0 && !['idle', 'readers that take nothing'].includes(kind)) {
      problems.push(`${kind}: nobody was answered`);
    }
    return problems;
  }

  /**
   * Whether the server holds no more than before, a little later.
   * @param {ServerProcess} server
   * @param {ServerFigures} before
   */
  async #isAsBefore(server, before) {
    /** @type {string[]} */
    let problems = [];
    await this.#waitFor(async () => {
      const now = await figuresAfterCollection(server);
      problems = [];
      const { connections, descriptors, blobs, inFlight, transferBytes, rss, inUse } = now;
      if (connections > OWN_CONNECTIONS) problems.push(`${connections} connections stay open`);
      if (descriptors > before.descriptors + PASSING_DESCRIPTORS) {
        problems.push(`${descriptors} descriptors stay open, of ${before.descriptors} before`);
      }
      if (blobs > 0) problems.push(`${blobs} blobs stay open`);
      if (inFlight > 1) problems.push(`${inFlight} requests stay in flight`);
      if (transferBytes > 0) problems.push(`${transferBytes} bytes of buffers stay taken`);
      if (inUse > before.inUse + LEFT_BYTES) {
        problems.push(`${mebibytes(inUse)} stay in use, of ${mebibytes(before.inUse)} before`);
      }
      if (rss > KEPT_BYTES) problems.push(`${mebibytes(rss)} stay with the process`);
      return problems.length === 0;
    });
    return problems;
  }
}

/**
 * What this machine lets a crowd be; said where it is less.
 * @param {CrowdOrder} order
 * @param {(line: string) => void} say
 * @returns {CrowdOrder}
 */
function affordable(order, say) {
  // The server keeps a quarter of its descriptors for files; so many connections does it take.
  const most = Math.floor(descriptorLimit() * 0.7);
  if (order.count <= most) return order;
  say(
    `clients: ${most} ${order.kind} instead of ${order.count}: more descriptors are not to be had`,
  );
  return { ...order, count: most };
}

/** @param {number} port */
async function prepare(port) {
  const connection = new OssConnection(port);
  const made = await connection.send({ method: 'PUT', bucket: BUCKET });
  const put = { method: 'PUT', bucket: BUCKET, key: LARGE_KEY, body: Buffer.alloc(LARGE_BYTES) };
  const stored = await connection.send(put);
  if (made.status !== 200 || stored.status !== 200) {
    throw new Error(`The server cannot be prepared: ${made.status}, ${stored.status}`);
  }
  connection.close();
}

/**
 * With all large objects deleted, no blob is left behind.
 * @param {number} port
 * @param {string} directory
 */
async function leftovers(port, directory) {
  const connection = new OssConnection(port);
  await connection.send({ method: 'DELETE', bucket: BUCKET, key: LARGE_KEY });
  connection.close();
  /** @type {string[]} */
  let left = [];
  await waitFor(async () => {
    left = readdirSync(join(directory, 'blobs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
    return left.length === 0;
  }, PATIENCE_MS);
  return left.length === 0 ? [] : [`${left.length} blobs are left behind that nobody names`];
}

/**
 * @param {() => Promise<boolean>} condition
 * @param {number} patience milliseconds
 */
async function waitFor(condition, patience) {
  const deadline = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await delay(LOOK_MS);
  }
  return true;
}

/**
 * @param {ServerFigures} a
 * @param {ServerFigures} b
 * @returns {ServerFigures}
 */
function greater(a, b) {
  const names = /** @type {(keyof ServerFigures)[]} */ (Object.keys(a));
  return /** @type {ServerFigures} */ (
    Object.fromEntries(names.map((name) => [name, Math.max(a[name], b[name])]))
  );
}

/** @param {number} bytes */
const mebibytes = (bytes) => `${Math.round(bytes / MiB)} MiB`;
