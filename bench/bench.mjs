/**
 * `npm run bench`: OpenOSS and what it is compared with, in one run, interleaved, into
 * results/latest.md and latest.json. docs/performance.md says how to read them.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LoadGenerator } from './load/load-generator.mjs';
import { describeCommit, describeMachine, freeBytes } from './machine.mjs';
import { Measurements } from './measurements.mjs';
import { HELP, readOptions, UsageError } from './options.mjs';
import { endOnSignals } from './processes/end-on-signals.mjs';
import { markdownReport } from './report/markdown-report.mjs';
import { sizeName } from './sizes.mjs';
import { judge, targetsOf } from './targets.mjs';
import { Workbench } from './workbench.mjs';
import { workloads } from './workloads/index.mjs';

const WRONG_USAGE = 1;
/** Something could not be measured that should have been. */
const BROKEN = 2;

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`bench: ${error.message}\n\n${HELP}`);
  process.exitCode = WRONG_USAGE;
}

/** @param {readonly string[]} args */
async function main(args) {
  const options = readOptions(args);
  if (options.help) {
    const names = workloads.map(({ name, about }) => `  ${name.padEnd(18)}${about}`).join('\n');
    process.stdout.write(`${HELP}\nWorkloads:\n${names}\n`);
    return;
  }
  const { extent, only, against } = options;
  const chosen = chooseWorkloads(only);
  await mkdir(options.directory, { recursive: true });
  if (freeBytes(options.directory) < extent.freeBytes) {
    throw new UsageError(
      `${options.directory} has less than ${sizeName(extent.freeBytes)} free: name another disk with --dir`,
    );
  }
  const machine = describeMachine(options.directory);
  const startedAt = new Date();
  const directory = await mkdtemp(path.join(options.directory, 'openoss-bench-'));
  const measurements = new Measurements();
  const generator = new LoadGenerator();
  endOnSignals(directory);
  /** @type {string[]} */
  const broken = [];
  try {
    const bench = new Workbench({ extent, against, directory, measurements, generator });
    for (const workload of chosen) {
      process.stderr.write(`${workload.name}: ${workload.about}\n`);
      try {
        await workload.run(bench);
      } catch (error) {
        // What the others find is still worth having.
        const reason = error instanceof Error ? error.message : String(error);
        broken.push(`${workload.name}: ${reason.replaceAll(directory, '$DIR')}`);
        process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      }
    }
  } finally {
    await generator.close();
    await rm(directory, { recursive: true, force: true });
  }
  const run = {
    startedAt: startedAt.toISOString(),
    minutes: (Date.now() - startedAt.getTime()) / 60_000,
    command: ['npm run bench', ...(args.length === 0 ? [] : ['--', ...shownArguments(args)])].join(
      ' ',
    ),
    commit: describeCommit(),
    node: process.version,
    extent,
    only,
    broken,
    machine,
  };
  const targets = judge(targetsOf(extent), measurements);
  const report = markdownReport(run, measurements, targets);
  const json = JSON.stringify({ run, targets, ...measurements.toJSON() }, null, 2);
  await mkdir(options.out, { recursive: true });
  await writeFile(path.join(options.out, 'latest.md'), report);
  await writeFile(path.join(options.out, 'latest.json'), `${json}\n`);
  process.stdout.write(report);
  if (broken.length > 0) process.exitCode = BROKEN;
}

/** @param {readonly string[] | undefined} only */
function chooseWorkloads(only) {
  const unknown = only?.filter((name) => !workloads.some((workload) => workload.name === name));
  if (unknown !== undefined && unknown.length > 0) {
    const names = workloads.map(({ name }) => name).join(', ');
    throw new UsageError(`no such workload: ${unknown.join(', ')} (there are ${names})`);
  }
  return workloads.filter(({ name }) => only?.includes(name) ?? true);
}

/** Without what names places of this machine. @param {readonly string[]} args */
function shownArguments(args) {
  return args.filter((arg, index) => {
    const placed = /^--(dir|out)(=|$)/;
    return !placed.test(arg) && !/^--(dir|out)$/.test(args[index - 1] ?? '');
  });
}
