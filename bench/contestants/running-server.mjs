import {
  cpuSeconds,
  memoryOf,
  resetPeakMemory,
  withDescendants,
} from '../processes/process-figures.mjs';

/** Loopback only, for everything that the benchmark starts. */
export const HOST = '127.0.0.1';

/**
 * A server that can be measured.
 *
 * @typedef {object} Contestant
 * @property {string} name how options and results call it
 * @property {string} title how the report calls it
 * @property {string} about what it does with a request, in a few words
 * @property {() => string | undefined} version undefined where it is not installed
 * @property {string} [install] what to do where it is not installed
 * @property {(directory: string) => Promise<RunningServer>} start in a directory of its own, which is
 *   there and empty
 */

/** A server that runs, and how to talk to it. */
export class RunningServer {
  /** The name of its contestant. */
  name;
  /** The command that started it, as the report shows it. */
  command;
  port;
  /** How requests to it are signed. */
  style;
  /** What it answers to a put that went well. */
  putStatuses;
  /** Where its health and metrics are, of those that have them. */
  adminEndpoint;
  #launched;
  #createBucket;

  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.command
   * @param {number} options.port
   * @param {import('../load/request-head.mjs').RequestStyle} options.style
   * @param {readonly import('../processes/launch.mjs').Launched[]} options.launched in the order in
   *   which they are to be stopped; the first is the one whose memory is looked at
   * @param {readonly number[]} [options.putStatuses] 200 unless told
   * @param {(server: RunningServer, bucket: string) => Promise<void>} [options.createBucket] nothing
   *   unless told: for servers that know no buckets
   * @param {string} [options.adminEndpoint]
   */
  constructor(options) {
    this.name = options.name;
    this.command = options.command;
    this.port = options.port;
    this.style = options.style;
    this.putStatuses = options.putStatuses ?? [200];
    this.adminEndpoint = options.adminEndpoint;
    this.#launched = options.launched;
    this.#createBucket = options.createBucket;
  }

  get host() {
    return HOST;
  }

  /** @param {string} bucket */
  async createBucket(bucket) {
    await this.#createBucket?.(this, bucket);
  }

  /** What all its processes have used so far, in seconds; undefined where the system does not say. */
  cpuSeconds() {
    return cpuSeconds(withDescendants(this.#launched.map(({ pid }) => pid)));
  }

  /** The memory of its main process. */
  memory() {
    return memoryOf(this.#mainPid());
  }

  resetPeakMemory() {
    resetPeakMemory(this.#mainPid());
  }

  /** @returns {Promise<void>} */
  async stop() {
    for (const launched of this.#launched) await launched.stop();
  }

  /**
   * The same processes, asked by somebody else.
   *
   * @param {string} name of the contestant that these requests count for
   * @param {import('../load/request-head.mjs').RequestStyle} style
   */
  askedAs(name, style) {
    return new RunningServer({
      name,
      command: this.command,
      port: this.port,
      style,
      launched: this.#launched,
      putStatuses: this.putStatuses,
    });
  }

  #mainPid() {
    const [main] = this.#launched;
    if (main === undefined) throw new Error(`${this.name} has no process`);
    return main.pid;
  }
}
