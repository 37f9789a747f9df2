import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { openoss } from '../contestants/openoss.mjs';
import { ossutilFor, ossutilVersion } from '../contestants/ossutil.mjs';
import { plainWriter } from '../contestants/plain-writer.mjs';
import { numberedKey } from '../load/recipes.mjs';
import { runCommand } from '../processes/run-command.mjs';
import { sizeName } from '../sizes.mjs';

const BUCKET = 'bench-memory';
const SMALL_BYTES = 4096;
/** Peaks differ little from round to round. */
const MAX_ROUNDS = 3;
/** What a server holds on to for a moment is given back before its idle memory is looked at. */
const REST_MILLISECONDS = 1000;

export const MEMORY_TABLE = 'memory';
export const OSSUTIL_TRANSFER = 'ossutil-transfer';

/**
 * @param {'PUT' | 'GET'} method
 * @param {number} bytes
 */
export function memoryCell(method, bytes) {
  return `${method} ${sizeName(bytes)}`;
}

/** @type {import('../workbench.mjs').Workload} */
export const memory = {
  name: 'memory',
  about: 'peak memory above idle while a large object is put and got',

  async run(bench) {
    const { memoryBytes } = bench.extent;
    const rounds = Math.min(bench.extent.rounds, MAX_ROUNDS);
    bench.measurements.addTable({
      id: MEMORY_TABLE,
      title: 'Peak memory above idle, while one object is transferred',
      about:
        'Resident memory as the kernel counts it. The server is idle after a small PUT and GET; the command line is compared with itself at a small object.',
      rows: 'transfer',
      columns: [
        { key: 'aboveIdle', title: 'above idle', quantity: 'mebibytes' },
        { key: 'idle', title: 'idle', quantity: 'mebibytes' },
        { key: 'peak', title: 'peak', quantity: 'mebibytes' },
      ],
    });
    for (let round = 0; round < rounds; round++) {
      bench.say(`round ${round + 1} of ${rounds}: memory, ${sizeName(memoryBytes)}`);
      const lineup = await bench.lineup([openoss], [BUCKET]);
      try {
        for (const [name, reason] of lineup.absent) {
          const cell = memoryCell('PUT', memoryBytes);
          bench.measurements.recordAbsence(MEMORY_TABLE, cell, name, reason);
        }
        for (const server of lineup.servers.values()) {
          await measureServer(bench, server, round);
          await measureCommandLine(bench, server, round);
        }
      } finally {
        await lineup.stop();
      }
    }
  },
};

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {number} round
 */
async function measureServer(bench, server, round) {
  const { memoryBytes } = bench.extent;
  await transfer(bench, server, 'PUT', 'small/', SMALL_BYTES);
  await transfer(bench, server, 'GET', 'small/', SMALL_BYTES);
  await new Promise((resolve) => setTimeout(resolve, REST_MILLISECONDS));
  // Before anything large was seen: what a transfer leaves behind is the next one's burden too.
  const idle = server.memory()?.resident;
  for (const method of /** @type {const} */ (['PUT', 'GET'])) {
    if (idle === undefined) {
      const cell = memoryCell(method, memoryBytes);
      bench.measurements.recordAbsence(MEMORY_TABLE, cell, server.name, 'the system does not tell');
      continue;
    }
    server.resetPeakMemory();
    await transfer(bench, server, method, 'large/', memoryBytes);
    record(bench, method, server.name, round, idle, server.memory()?.peak ?? idle);
  }
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {number} round
 */
async function measureCommandLine(bench, server, round) {
  const { memoryBytes } = bench.extent;
  bench.measurements.present(OSSUTIL_TRANSFER, {
    title: 'ossutil',
    about: 'api put-object from a file, api get-object to standard output',
    version: ossutilVersion(),
  });
  const directory = path.join(bench.directory, `memory-${round}`);
  await mkdir(directory);
  const { command, env } = await ossutilFor(server, directory);
  const file = path.join(directory, 'upload');
  await plainWriter.write(file, memoryBytes);
  /** @param {string} operation @param {string[]} args */
  const peakOf = async (operation, ...args) => {
    const [program, ...words] = command;
    const run = await runCommand(
      [program, ...words, 'api', operation, '--bucket', BUCKET, ...args],
      {
        env,
        look: true,
      },
    );
    return run.peakBytes ?? 0;
  };
  const smallPut = await peakOf('put-object', '--key', 'small', '--body', 'hi oss');
  const largePut = await peakOf('put-object', '--key', 'large', '--body', `file://${file}`);
  record(bench, 'PUT', OSSUTIL_TRANSFER, round, smallPut, largePut);
  const smallGet = await peakOf('get-object', '--key', 'small');
  const largeGet = await peakOf('get-object', '--key', 'large');
  record(bench, 'GET', OSSUTIL_TRANSFER, round, smallGet, largeGet);
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {'PUT' | 'GET'} method
 * @param {string} contestant
 * @param {number} round
 * @param {number} idle bytes
 * @param {number} peak bytes
 */
function record(bench, method, contestant, round, idle, peak) {
  const cell = memoryCell(method, bench.extent.memoryBytes);
  const sample = { aboveIdle: peak - idle, idle, peak };
  bench.measurements.record(MEMORY_TABLE, cell, contestant, round, sample);
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {'PUT' | 'GET'} method
 * @param {string} prefix
 * @param {number} bytes
 */
async function transfer(bench, server, method, prefix, bytes) {
  const of = { bucket: BUCKET, prefix, distinct: 1 };
  await bench.load.send({
    server,
    kind: `${method} ${numberedKey(prefix, 0)}`,
    connections: 1,
    statuses: [200],
    requests: 1,
    ...(method === 'GET' ? { answerBytes: bytes } : {}),
    recipe: () =>
      method === 'PUT'
        ? { kind: 'put-objects', ...of, first: 0, bodyBytes: bytes }
        : { kind: 'get-objects', ...of },
  });
}
