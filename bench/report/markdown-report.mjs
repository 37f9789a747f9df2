import { summarize } from '../statistics.mjs';
import { markdownTable } from './markdown-table.mjs';
import { formatQuantity, formatRange } from './quantities.mjs';

const GIBIBYTE = 1024 ** 3;

/**
 * All that the report says of a run besides what was measured.
 *
 * @typedef {object} RunFacts
 * @property {string} startedAt ISO 8601
 * @property {number} minutes
 * @property {string} command
 * @property {string} commit
 * @property {string} node
 * @property {import('../options.mjs').Extent} extent
 * @property {readonly string[] | undefined} only
 * @property {readonly string[]} broken workloads that ended before their time, and why
 * @property {import('../machine.mjs').Machine} machine
 */

/**
 * The report as people read it.
 *
 * @param {RunFacts} run
 * @param {import('../measurements.mjs').Measurements} measurements
 * @param {readonly import('../targets.mjs').Judged[]} targets
 * @returns {string}
 */
export function markdownReport(run, measurements, targets) {
  const parts = [
    '# Benchmark',
    heading(run),
    '## Targets',
    'Ratios are medians over interleaved pairs of this one run, with their least and their greatest, and of six or more where the median lies with a confidence of 95 %; a target is judged by the median.',
    targetTable(targets),
    '## Machine',
    machineTable(run),
    '## Who took part',
    contestantTable(measurements),
    '## Measurements',
    'Each figure is the median over the rounds; in brackets the least and the greatest. “… ÷ this” is the median of the ratios of pairs of one round, with the least and the greatest, the standard deviation and, of six or more, where it lies with a confidence of 95 %. “Generator” is the share of one core that the load generator took: near 100 % it was the limit, and the server could do more.',
  ];
  for (const { table, rows } of measurements.tables.values()) {
    parts.push(`### ${table.title}`);
    if (table.about !== undefined) parts.push(table.about);
    parts.push(measurementTable(measurements, table, rows));
  }
  return `${parts.join('\n\n')}\n`;
}

/** @param {RunFacts} run */
function heading({ startedAt, minutes, command, commit, extent, only, broken, machine }) {
  const notes = [
    `Written by \`${command}\` on ${startedAt.slice(0, 10)}, in ${Math.round(minutes)} minutes, at ${commit}. [How to read it](../../docs/performance.md).`,
  ];
  if (extent.name === 'quick') {
    notes.push('**A quick run**: small sizes and few rounds, for orientation only.');
  }
  if (only !== undefined) notes.push(`**Only part of it** was run: ${only.join(', ')}.`);
  for (const reason of broken) notes.push(`**Not measured to the end**, ${reason}`);
  if (machine.load > 0.5) {
    notes.push(
      `**The machine was not idle** before the run (load ${machine.load.toFixed(2)}): compare ratios, trust no rate.`,
    );
  }
  return notes.join('\n\n');
}

/** @param {readonly import('../targets.mjs').Judged[]} targets */
function targetTable(targets) {
  const rows = targets.map(({ text, bound, value, quantity, measured, met }) => {
    const unit = quantity === 'mebibytes' ? ' MiB' : '';
    const sign = bound === 'at least' ? '≥' : '≤';
    return [
      text,
      `${sign} ${formatQuantity(value, quantity)}${unit}`,
      measured === undefined
        ? '–'
        : `${formatQuantity(measured.median, quantity)}${unit} [${formatRange(measured, quantity)}]${intervalText(measured, quantity)}, n = ${measured.count}`,
      met === undefined ? 'not measured' : met ? 'met' : '**not met**',
    ];
  });
  return markdownTable(['target', 'bound', 'measured', ''], rows);
}

/**
 * @param {import('../statistics.mjs').Summary} summary
 * @param {import('./quantities.mjs').Quantity} quantity
 */
function intervalText({ interval }, quantity) {
  if (interval === undefined) return '';
  return `, 95 %: ${formatRange({ min: interval.low, max: interval.high }, quantity)}`;
}

/** @param {RunFacts} run */
function machineTable({ machine, node, extent }) {
  return markdownTable(
    ['', ''],
    [
      ['CPU', `${machine.cpu}, ${machine.cores} cores, load generator included`],
      ['memory', `${(machine.memoryBytes / GIBIBYTE).toFixed(0)} GiB`],
      ['kernel', machine.kernel],
      ['file system', machine.fileSystem],
      ['disk', machine.disk],
      ['Node.js', node],
      ['load before the run', machine.load.toFixed(2)],
      ['rounds', `${extent.rounds}, of ${extent.seconds} s each (${extent.name})`],
    ],
  );
}

/** @param {import('../measurements.mjs').Measurements} measurements */
function contestantTable({ contestants }) {
  const rows = [...contestants.values()].map(({ title, version, about, command }) => [
    title,
    version,
    about,
    command === undefined ? '' : `\`${command}\``,
  ]);
  return markdownTable(['', 'version', 'what it does', 'command'], rows);
}

/**
 * @param {import('../measurements.mjs').Measurements} measurements
 * @param {import('../measurements.mjs').Table} table
 * @param {readonly import('../measurements.mjs').Row[]} rows
 */
function measurementTable(measurements, table, rows) {
  const [first] = table.columns;
  if (first === undefined) throw new Error(`${table.id} has no columns`);
  // Rows were made as they were measured: those of one cell belong together.
  const cells = [...new Set(rows.map(({ cell }) => cell))];
  const ordered = cells.flatMap((cell) => rows.filter((row) => row.cell === cell));
  const { subject } = table;
  const head = [table.rows, '', ...table.columns.map(({ title }) => title)];
  if (subject !== undefined) head.push(`${titleOf(measurements, subject)} ÷ this`);
  const lines = ordered.map((row) => {
    const { cell, contestant, absent, failures } = row;
    const title = titleOf(measurements, contestant);
    const failed = [...failures].map(([kind, count]) => `${count} × ${kind}`).join('; ');
    const name = failed === '' ? title : `${title} (failures: ${failed})`;
    if (absent !== undefined && row.samples.size === 0) {
      return [cell, name, absent, ...head.slice(3).map(() => '')];
    }
    const figures = table.columns.map((column, index) => {
      const values = [...measurements.figures(table.id, cell, contestant, column.key).values()];
      if (values.length === 0) return '';
      const summary = summarize(values);
      const middle = formatQuantity(summary.median, column.quantity);
      // One spread a row is enough to read; the others are in the JSON.
      return index > 0 || values.length === 1
        ? middle
        : `${middle} [${formatRange(summary, column.quantity)}]`;
    });
    const ratio =
      subject === undefined
        ? []
        : [ratioText(measurements, { table: table.id, cell, subject, contestant, key: first.key })];
    return [cell, name, ...figures, ...ratio];
  });
  return markdownTable(head, lines);
}

/**
 * @param {import('../measurements.mjs').Measurements} measurements
 * @param {string} contestant
 */
function titleOf(measurements, contestant) {
  return measurements.contestants.get(contestant)?.title ?? contestant;
}

/**
 * @param {import('../measurements.mjs').Measurements} measurements
 * @param {{ table: string, cell: string, subject: string, contestant: string, key: string }} what
 */
function ratioText(measurements, { table, cell, subject, contestant, key }) {
  if (contestant === subject) return '';
  const ratios = measurements.ratios(table, cell, subject, contestant, key);
  if (ratios.length === 0) return '';
  const summary = summarize(ratios);
  const middle = formatQuantity(summary.median, 'ratio');
  if (ratios.length === 1) return middle;
  const deviation = formatQuantity(summary.deviation, 'ratio');
  return `${middle} [${formatRange(summary, 'ratio')}] ± ${deviation}${intervalText(summary, 'ratio')}`;
}
