import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { escapePath, formatQuery, presignUrl } from '@openoss/protocol';
import { installedVersion } from '../contestants/installed.mjs';
import { openoss } from '../contestants/openoss.mjs';
import { ossutilFor, ossutilVersion } from '../contestants/ossutil.mjs';
import { plainWriter } from '../contestants/plain-writer.mjs';
import { shownCommand } from '../contestants/shown-command.mjs';
import { runCommand } from '../processes/run-command.mjs';
import { settle } from '../processes/settle.mjs';
import { sizeName } from '../sizes.mjs';

const BUCKET = 'bench-cli';
const PRESIGNED_SECONDS = 3600;

export const START_TABLE = 'cli-start';
export const START_CELL = '6 bytes';
export const UPLOAD_TABLE = 'cli-upload';

export const OSSUTIL_PUT = 'ossutil-put';
export const BARE_NODE = 'bare-node';
export const OSSUTIL_UPLOAD = 'ossutil-upload';
export const CURL = 'curl';

/**
 * A command that is measured whole.
 *
 * @typedef {object} Run
 * @property {string} name
 * @property {string} title
 * @property {string} about
 * @property {string | undefined} version
 * @property {string} [install]
 * @property {[string, ...string[]]} command
 * @property {NodeJS.ProcessEnv} [env]
 */

/** @type {import('../workbench.mjs').Workload} */
export const commandLine = {
  name: 'cli',
  about: 'ossutil, the whole process: 6 bytes against bare node, 1 GiB against curl',

  async run(bench) {
    const { largeBytes } = bench.extent;
    bench.measurements.addTable({
      id: START_TABLE,
      title: 'ossutil api put-object of 6 bytes, the whole process',
      rows: 'body',
      columns: [{ key: 'milliseconds', title: 'time', quantity: 'milliseconds' }],
      subject: OSSUTIL_PUT,
    });
    bench.measurements.addTable({
      id: UPLOAD_TABLE,
      title: `ossutil api put-object of ${sizeName(largeBytes)} from a file, the whole process`,
      about: 'Both upload to the same OpenOSS; curl computes no checksum and uses a presigned URL.',
      rows: 'body',
      columns: [
        { key: 'bytesPerSecond', title: 'MiB a second', quantity: 'mebibytes' },
        { key: 'cpuPerGiB', title: 'CPU a GiB', quantity: 'seconds' },
        { key: 'peakBytes', title: 'peak memory', quantity: 'mebibytes' },
      ],
      subject: OSSUTIL_UPLOAD,
    });
    const lineup = await bench.lineup([openoss], [BUCKET]);
    try {
      for (const [name, reason] of lineup.absent) {
        bench.measurements.recordAbsence(START_TABLE, START_CELL, name, reason);
        bench.measurements.recordAbsence(UPLOAD_TABLE, sizeName(largeBytes), name, reason);
      }
      for (const server of lineup.servers.values()) await measureBoth(bench, server);
    } finally {
      await lineup.stop();
    }
  },
};

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 */
async function measureBoth(bench, server) {
  const { rounds, startsEachRound, largeBytes } = bench.extent;
  const directory = path.join(bench.directory, 'cli');
  await mkdir(directory);
  const file = path.join(directory, 'upload');
  await plainWriter.write(file, largeBytes);
  const ossutil = await ossutilFor(server, directory);
  const put = [
    ...ossutil.command,
    'api',
    'put-object',
    '--bucket',
    BUCKET,
    '--key',
    'exampleobject',
  ];
  const starts = present(bench, directory, [
    {
      name: BARE_NODE,
      title: 'bare node',
      about: 'starts and ends',
      version: process.version,
      command: [process.execPath, '-e', '0'],
    },
    {
      name: OSSUTIL_PUT,
      title: 'ossutil',
      about: 'one signed PUT of 6 bytes over http',
      version: ossutilVersion(),
      command: [process.execPath, ...put.slice(1), '--body', 'hi oss'],
      env: ossutil.env,
    },
  ]);
  const uploads = present(bench, directory, [
    {
      name: OSSUTIL_UPLOAD,
      title: 'ossutil of a file',
      about: 'signed, its checksum verified against the answer',
      version: ossutilVersion(),
      command: [process.execPath, ...put.slice(1), '--body', `file://${file}`],
      env: ossutil.env,
    },
    {
      name: CURL,
      title: 'curl -T',
      about: 'a presigned URL, no checksum',
      version: installedVersion('curl', ['--version'], /curl ([\d.]+)/),
      install: 'install curl',
      command: ['curl', '-sS', '-f', '-T', file, presignedPut(server, 'curlobject')],
    },
  ]);
  // What is on the disk only is read once, and by nobody's turn.
  for (const { command, env } of starts)
    await runCommand(command, env === undefined ? {} : { env });
  for (let round = 0; round < rounds; round++) {
    bench.say(`round ${round + 1} of ${rounds}: command line`);
    await measureStarts(bench, starts, round * startsEachRound, startsEachRound);
    for (const run of inTurn(uploads, round)) await measureUpload(bench, run, round);
  }
}

/**
 * Each is the first as often as the second.
 *
 * @param {readonly Run[]} runs
 * @param {number} turn
 */
function inTurn(runs, turn) {
  return turn % 2 === 0 ? runs : runs.toReversed();
}

/**
 * Many in one round: they are short, and each is one pair of its own.
 *
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {readonly Run[]} runs
 * @param {number} first
 * @param {number} count
 */
async function measureStarts(bench, runs, first, count) {
  for (let pair = first; pair < first + count; pair++) {
    for (const { name, command, env } of inTurn(runs, pair)) {
      const { milliseconds } = await runCommand(command, env === undefined ? {} : { env });
      bench.measurements.record(START_TABLE, START_CELL, name, pair, { milliseconds });
    }
  }
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {Run} run
 * @param {number} round
 */
async function measureUpload(bench, { name, version, install, command, env }, round) {
  const bytes = bench.extent.largeBytes;
  const cell = sizeName(bytes);
  if (version === undefined) {
    bench.measurements.recordAbsence(UPLOAD_TABLE, cell, name, `not installed: ${install}`);
    return;
  }
  settle(bench.directory);
  const options = { look: true, ...(env === undefined ? {} : { env }) };
  const { milliseconds, cpuSeconds, peakBytes } = await runCommand(command, options);
  bench.measurements.record(UPLOAD_TABLE, cell, name, round, {
    bytesPerSecond: bytes / (milliseconds / 1000),
    cpuPerGiB: cpuSeconds === undefined ? undefined : cpuSeconds / (bytes / 1024 ** 3),
    peakBytes,
  });
}

/**
 * Makes commands known to the report; those that were not asked for are left out.
 *
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {string} directory
 * @param {readonly Run[]} runs
 */
function present(bench, directory, runs) {
  for (const { name, title, about, version, command } of runs) {
    bench.measurements.present(name, {
      title,
      about,
      version: version ?? 'not installed',
      command: shownCommand(
        // A presigned URL is as long as it is without meaning.
        command.map((word) => (word.startsWith('http://') ? '$PRESIGNED_URL' : word)),
        directory,
      ),
    });
  }
  return runs;
}

/**
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {string} key
 */
function presignedPut({ host, port, style }, key) {
  const { region, accessKeyId, accessKeySecret } = style;
  const query = presignUrl(
    { method: 'PUT', bucket: BUCKET, key, query: [], headers: new Map() },
    { version: 'v4', region, credentials: { accessKeyId, accessKeySecret }, now: Date.now() },
    PRESIGNED_SECONDS,
  );
  return `http://${host}:${port}/${BUCKET}/${escapePath(key)}?${formatQuery(query)}`;
}
