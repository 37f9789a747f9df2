import path from 'node:path';
import { Lineup } from './contestants/lineup.mjs';
import { openoss } from './contestants/openoss.mjs';
import { MeasuredLoad } from './load/measured-load.mjs';

/**
 * A kind of work that is measured: one file in `workloads/`.
 *
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} about
 * @property {(bench: Workbench) => Promise<void>} run
 */

/** What workloads work with. */
export class Workbench {
  extent;
  /** Of this run alone, on the disk that is measured. */
  directory;
  measurements;
  load;
  #against;
  #lineups = 0;

  /**
   * @param {object} parts
   * @param {import('./options.mjs').Extent} parts.extent
   * @param {readonly string[] | undefined} parts.against the comparisons that were asked for
   * @param {string} parts.directory
   * @param {import('./measurements.mjs').Measurements} parts.measurements
   * @param {import('./load/load-generator.mjs').LoadGenerator} parts.generator
   */
  constructor({ extent, against, directory, measurements, generator }) {
    this.extent = extent;
    this.directory = directory;
    this.measurements = measurements;
    this.load = new MeasuredLoad(generator, directory);
    this.#against = against;
  }

  /** Tells whoever waits what is being done. @param {string} text */
  say(text) {
    process.stderr.write(`  ${text}\n`);
  }

  /**
   * Whether a comparison was asked for; OpenOSS always takes part.
   *
   * @param {string} name
   */
  wants(name) {
    return name.startsWith(openoss.name) || (this.#against?.includes(name) ?? true);
  }

  /**
   * Starts servers in fresh directories, those that were asked for.
   *
   * @param {readonly import('./contestants/running-server.mjs').Contestant[]} contestants
   * @param {readonly string[]} [buckets]
   * @returns {Promise<Lineup>}
   */
  async lineup(contestants, buckets = []) {
    this.#lineups += 1;
    const wanted = contestants.filter(({ name }) => this.wants(name));
    const directory = path.join(this.directory, String(this.#lineups));
    const lineup = await Lineup.start(wanted, directory, buckets);
    for (const contestant of wanted) {
      const { name, title, about } = contestant;
      const command = lineup.servers.get(name)?.command;
      this.measurements.present(name, {
        title,
        about,
        version: contestant.version() ?? 'not installed',
        ...(command === undefined ? {} : { command }),
      });
    }
    for (const [name, reason] of lineup.absent) this.say(`${name}: ${reason}`);
    return lineup;
  }

  /**
   * Measures one turn and records it, whatever comes of it.
   *
   * @param {string} table
   * @param {string} cell
   * @param {number} round
   * @param {import('./load/measured-load.mjs').Turn} turn
   * @returns {Promise<void>}
   */
  async measure(table, cell, round, turn) {
    const { name } = turn.server;
    const { figures, failures } = await this.load.measure(turn, this.extent.seconds);
    this.measurements.record(table, cell, name, round, { ...figures }, failures);
    const failed = Object.keys(failures).length === 0 ? '' : ` ${JSON.stringify(failures)}`;
    this.say(`${table} ${cell} ${name}: ${figures.perSecond.toFixed(1)}/s${failed}`);
  }
}
