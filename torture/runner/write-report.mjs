import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

/**
 * @import { PartResult } from './part-result.mjs'
 */

/**
 * @typedef {object} Report
 * @property {string} finishedAt
 * @property {string} command
 * @property {string} seed
 * @property {Readonly<Record<string, string>>} machine
 * @property {number} milliseconds
 * @property {readonly PartResult[]} parts
 */

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
  const file = join(import.meta.dirname, '..', '..', 'node_modules', dependency, 'package.json');
  return String(JSON.parse(readFileSync(file, 'utf8')).version);
}

/**
 * Writes `latest.json` and `latest.md`.
 * @param {Report} report
 * @param {string} directory made where it is missing
 */
export function writeReport(report, directory) {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'latest.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(directory, 'latest.md'), markdown(report));
}

/** @param {Report} report */
function markdown({ finishedAt, command, seed, machine, milliseconds, parts }) {
  const violations = parts.reduce((sum, part) => sum + part.violations.length, 0);
  const lines = [
    '# Torture',
    '',
    `${finishedAt}, ${duration(milliseconds)}, seed \`${seed}\`: **${
      violations === 0 ? 'no violation' : `${violations} violations`
    }**.`,
    '',
    '```sh',
    command,
    '```',
    '',
    Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' · '),
  ];
  for (const part of parts) {
    lines.push('', `## ${part.title}`, '');
    if (part.skipped !== undefined) {
      lines.push(`Passed over: ${part.skipped}.`);
      continue;
    }
    lines.push('| | |', '|---|---:|');
    for (const [name, value] of Object.entries(part.figures)) {
      lines.push(`| ${name} | ${typeof value === 'number' ? value.toLocaleString('en') : value} |`);
    }
    lines.push(`| violations | ${part.violations.length} |`);
    lines.push(`| time | ${duration(part.milliseconds)} |`);
    for (const { where, problems, replay } of part.violations) {
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
