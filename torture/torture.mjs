/**
 * `npm run torture`: kills OpenOSS and takes its disk away, and looks whether every rule of storage
 * (docs/architecture.md) still holds. `--help` says how.
 */
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { readFailure } from './recovery/failure-file.mjs';
import { HELP, readOptions, UsageError } from './runner/options.mjs';
import { replayKept } from './runner/replay-kept.mjs';
import { runSchedule } from './runner/run-schedule.mjs';
import { commit, machine, writeReport } from './runner/write-report.mjs';

/**
 * @import { TortureOptions } from './runner/options.mjs'
 * @import { PartResult } from './runner/part-result.mjs'
 */

const VIOLATED = 1;
const COULD_NOT_RUN = 2;

/** How much of a violation is shown: a history that has no order takes some lines. */
const MOST_LINES = 30;

/** What a memory file system needs to have free to be used for disk images. */
const NEEDED_BYTES = 256 * 1024 * 1024;

const startedAt = Date.now();

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/** Directories that go when this process does, however that ends. @type {string[]} */
const temporary = [];
process.on('exit', () => {
  for (const directory of temporary) {
    // Servers that were just killed may not be gone yet.
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => {
    process.stderr.write(`torture: stopped by ${signal}; the parts that were done are reported\n`);
    process.exit(COULD_NOT_RUN);
  });
}

/** @param {string} parent */
function temporaryDirectory(parent) {
  const directory = mkdtempSync(join(parent, 'openoss-torture-'));
  temporary.push(directory);
  return directory;
}

/** A directory in memory where there is one: what is flushed in it is not what is tested. */
function memoryDirectory() {
  const memory = '/dev/shm';
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize >= NEEDED_BYTES) return temporaryDirectory(memory);
  } catch {
    // Not on this system.
  }
  return temporaryDirectory(tmpdir());
}

/** @param {TortureOptions} options */
async function torture(options) {
  const { seed, parts, out = join(import.meta.dirname, 'results') } = options;
  const results = resolve(out);
  const context = {
    options,
    scratch: memoryDirectory(),
    disk: temporaryDirectory(tmpdir()),
    failures: join(results, 'failures'),
    say,
  };
  say(`seed ${seed}`);
  // What ran is what is written down, whatever is committed meanwhile.
  const ran = commit();
  const command = ['npm run torture --', ...process.argv.slice(2).map(shown)].join(' ');
  /** @type {PartResult[]} */
  const found = [];
  await runSchedule(parts, context, (result) => {
    describe(result);
    found.push(result);
    // Each as soon as it is there: whatever ends the run leaves what others have found.
    const run = {
      finishedAt: new Date().toISOString(),
      command: process.argv.length > 2 ? command : 'npm run torture',
      seed,
      commit: ran,
      machine: machine(),
    };
    writeReport(run, [result], results);
  });
  const violations = found.reduce((sum, { violations }) => sum + violations.length, 0);
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
  say(`${violations === 0 ? 'Every rule held' : `${violations} VIOLATIONS`}; ${minutes} minutes.`);
  return violations === 0 ? 0 : VIOLATED;
}

/** A path of this machine means nothing in a report. @param {string} argument */
function shown(argument) {
  return isAbsolute(argument) ? relative(process.cwd(), argument) : argument;
}

/** @param {PartResult} result */
function describe({ name, skipped, figures, violations, milliseconds }) {
  if (skipped !== undefined) {
    say(`${name}: passed over: ${skipped}`);
    return;
  }
  const counts = Object.entries(figures).map(([what, count]) => `${count} ${what}`);
  const seconds = `${Math.round(milliseconds / 1000)} s`;
  say(`${name}: ${[...counts, seconds, `${violations.length} violations`].join(', ')}`);
  for (const { where, problems, replay } of violations) {
    say(`\nVIOLATION in ${where}`);
    for (const problem of problems.slice(0, MOST_LINES)) say(`  ${problem.slice(0, 1000)}`);
    say(`  again: ${replay}\n`);
  }
}

/** @param {string} file */
async function replay(file) {
  const failure = readFailure(file);
  say(`${'part' in failure ? failure.where : failure.life}; found then:`);
  for (const problem of failure.problems) say(`  ${problem}`);
  const problems = await replayKept(failure, memoryDirectory());
  say(problems.length === 0 ? 'Now every rule holds.' : 'Now:');
  for (const problem of problems) say(`  ${problem}`);
  return problems.length === 0 ? 0 : VIOLATED;
}

/** @param {readonly string[]} args */
async function main(args) {
  try {
    const options = readOptions(args);
    if (options.help) {
      process.stdout.write(HELP);
      return 0;
    }
    return await (options.replay === undefined ? torture(options) : replay(options.replay));
  } catch (error) {
    for (const each of error instanceof AggregateError ? error.errors : [error]) {
      const what = each instanceof UsageError ? each.message : each;
      process.stderr.write(`torture: ${what instanceof Error ? what.stack : what}\n`);
    }
    return COULD_NOT_RUN;
  }
}

process.exitCode = await main(process.argv.slice(2));
