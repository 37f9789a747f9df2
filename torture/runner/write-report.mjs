import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { PARTS } from './options.mjs';

/**
 * @import { PartResult } from './part-result.mjs'
 */

/**
 * One run of the torture.
 * @typedef {object} Run
 * @property {string} finishedAt
 * @property {string} command
 * @property {string} seed
 * @property {string} commit
 * @property {Readonly<Record<string, string>>} machine
 */

/**
 * A part's result, and the run that it is of.
 * @typedef {PartResult & { readonly run: Run }} ReportedPart
 */

/**
 * The last result of every part, whenever it ran.
 * @typedef {object} Report
 * @property {readonly ReportedPart[]} parts
 */

const ROOT = join(import.meta.dirname, '..', '..');

/** What the run ran on. */
export function machine() {
  const processors = cpus();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  return {
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory,
    kernel: `${process.platform} ${release()}`,
    node: process.version,
    lmdb: versionOf('lmdb'),
  };
}

/** @param {string} dependency */
function versionOf(dependency) {
  const file = join(ROOT, 'node_modules', dependency, 'package.json');
  return String(JSON.parse(readFileSync(file, 'utf8')).version);
}

/** What of OpenOSS the run is of. */
export function commit() {
  /** @param {readonly string[]} args */
  const git = (args) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const isChanged = git(['status', '--porcelain', '--', ':!torture/results']) !== '';
    return `${git(['rev-parse', '--short', 'HEAD'])}${isChanged ? ', changed' : ''}`;
  } catch {
    return 'unknown';
  }
}

/**
 * Writes `latest.json` and `latest.md`. Parts that did not run, or were passed over, stay in them as
 * their last runs left them, so that parts may be run one by one.
 * @param {Run} run
 * @param {readonly PartResult[]} results
 * @param {string} directory made where it is missing
 */
export function writeReport(run, results, directory) {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'latest.json');
  const parts = new Map(partsIn(file).map((part) => [part.name, part]));
  for (const result of results) {
    const hasFigures = parts.get(result.name)?.skipped === undefined && parts.has(result.name);
    if (result.skipped === undefined || !hasFigures) parts.set(result.name, { ...result, run });
  }
  /** @type {Report} */
  const report = { parts: PARTS.flatMap((name) => parts.get(name) ?? []) };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(directory, 'latest.md'), markdown(report));
}

/**
 * @param {string} file
 * @returns {readonly ReportedPart[]}
 */
function partsIn(file) {
  try {
    /** @type {Report} */
    const { parts } = JSON.parse(readFileSync(file, 'utf8'));
    // What was written before parts had runs of their own says less than is wanted.
    return parts.filter(({ run }) => run !== undefined);
  } catch {
    return [];
  }
}

/** @param {Report} report */
function markdown({ parts }) {
  const violations = parts.reduce((sum, part) => sum + part.violations.length, 0);
  const lines = [
    '# Torture',
    '',
    `The last run of each part: **${violations === 0 ? 'no violation' : `${violations} violations`}**.`,
  ];
  let before = '';
  for (const { title, skipped, figures, violations, milliseconds, run } of parts) {
    lines.push('', `## ${title}`, '');
    const { finishedAt, seed, commit, command, machine } = run;
    lines.push(`${finishedAt}, commit ${commit}, seed \`${seed}\`: \`${command}\``, '');
    const where = Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' · ');
    if (where !== before) lines.push(where, '');
    before = where;
    if (skipped !== undefined) {
      lines.push(`Passed over: ${skipped}.`);
      continue;
    }
    lines.push('| | |', '|---|---:|');
    for (const [name, value] of Object.entries(figures)) {
      lines.push(`| ${name} | ${typeof value === 'number' ? value.toLocaleString('en') : value} |`);
    }
    lines.push(`| violations | ${violations.length} |`);
    lines.push(`| time | ${duration(milliseconds)} |`);
    for (const { where, problems, replay } of violations) {
      lines.push('', `Violation in ${where}:`, '');
      for (const problem of problems.slice(0, 10)) {
        lines.push(`- ${(problem.split('\n')[0] ?? '').slice(0, 400)}`);
      }
      lines.push('', '```sh', replay, '```');
    }
  }
  return `${lines.join('\n')}\n`;
}

/** @param {number} milliseconds */
function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
