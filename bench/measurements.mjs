import { pairRatios, summarize } from './statistics.mjs';

/**
 * A column of a table: what was measured, and how the report writes it.
 *
 * @typedef {object} Column
 * @property {string} key in the samples
 * @property {string} title
 * @property {'rate' | 'milliseconds' | 'microseconds' | 'seconds' | 'mebibytes' | 'share' | 'count'} quantity
 */

/**
 * @typedef {object} Table
 * @property {string} id
 * @property {string} title
 * @property {string} [about] what a reader has to know of it
 * @property {string} rows what tells the rows apart, above their first column
 * @property {readonly Column[]} columns the first is the one that ratios are made of
 * @property {string} [subject] the contestant that the others are compared with
 */

/**
 * One sample: a figure for each column, as far as there is one.
 *
 * @typedef {Readonly<Record<string, number | undefined>>} Sample
 */

/**
 * @typedef {object} Row
 * @property {string} cell such as the number of connections
 * @property {string} contestant
 * @property {Map<number, Sample>} samples by round
 * @property {Map<string, number>} failures how often each kind of failure came
 * @property {string} [absent] why there are no samples
 */

/** Who takes part, as the report presents them. @typedef {{ title: string, about: string, version: string, command?: string }} Presented */

/** All that a run measured. */
export class Measurements {
  /** @type {Map<string, Presented>} */
  contestants = new Map();
  /** @type {Map<string, { table: Table, rows: Row[] }>} */
  tables = new Map();

  /**
   * @param {string} name
   * @param {Presented} presented
   */
  present(name, presented) {
    this.contestants.set(name, { ...this.contestants.get(name), ...presented });
  }

  /** @param {Table} table */
  addTable(table) {
    if (!this.tables.has(table.id)) this.tables.set(table.id, { table, rows: [] });
  }

  /**
   * @param {string} table
   * @param {string} cell
   * @param {string} contestant
   * @param {number} round
   * @param {Sample} sample
   * @param {Readonly<Record<string, number>>} [failures]
   */
  record(table, cell, contestant, round, sample, failures = {}) {
    const row = this.#row(table, cell, contestant);
    row.samples.set(round, sample);
    for (const [kind, count] of Object.entries(failures)) {
      row.failures.set(kind, (row.failures.get(kind) ?? 0) + count);
    }
  }

  /**
   * Says why a contestant has no figures.
   *
   * @param {string} table
   * @param {string} cell
   * @param {string} contestant
   * @param {string} reason
   */
  recordAbsence(table, cell, contestant, reason) {
    this.#row(table, cell, contestant).absent = reason;
  }

  /**
   * The figures of one column by round; empty where nothing was measured. Rows with failures count:
   * the report says so beside them.
   *
   * @param {string} table
   * @param {string} cell
   * @param {string} contestant
   * @param {string} key
   * @returns {Map<number, number>}
   */
  figures(table, cell, contestant, key) {
    /** @type {Map<number, number>} */
    const figures = new Map();
    const row = this.tables
      .get(table)
      ?.rows.find((one) => one.cell === cell && one.contestant === contestant);
    for (const [round, sample] of row?.samples ?? []) {
      const figure = sample[key];
      if (figure !== undefined) figures.set(round, figure);
    }
    return figures;
  }

  /**
   * The ratios of one column between two contestants, round by round.
   *
   * @param {string} table
   * @param {string} cell
   * @param {string} numerator
   * @param {string} denominator
   * @param {string} key
   * @returns {number[]}
   */
  ratios(table, cell, numerator, denominator, key) {
    return pairRatios(
      this.figures(table, cell, numerator, key),
      this.figures(table, cell, denominator, key),
    );
  }

  /** Plain data for the JSON file: summaries, and every sample behind them. */
  toJSON() {
    return {
      contestants: Object.fromEntries(this.contestants),
      tables: [...this.tables.values()].map(({ table, rows }) => ({
        ...table,
        rows: rows.map(({ cell, contestant, samples, failures, absent }) => ({
          cell,
          contestant,
          absent,
          failures: Object.fromEntries(failures),
          summary: Object.fromEntries(
            table.columns
              .map(({ key }) => [key, [...this.figures(table.id, cell, contestant, key).values()]])
              .filter(([, values]) => values !== undefined && values.length > 0)
              .map(([key, values]) => [key, summarize(/** @type {number[]} */ (values))]),
          ),
          rounds: Object.fromEntries(samples),
        })),
      })),
    };
  }

  /**
   * @param {string} tableId
   * @param {string} cell
   * @param {string} contestant
   * @returns {Row}
   */
  #row(tableId, cell, contestant) {
    const table = this.tables.get(tableId);
    if (table === undefined) throw new Error(`there is no table ${tableId}`);
    const known = table.rows.find((row) => row.cell === cell && row.contestant === contestant);
    if (known !== undefined) return known;
    const row = { cell, contestant, samples: new Map(), failures: new Map() };
    table.rows.push(row);
    return row;
  }
}
