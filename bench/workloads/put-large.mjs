import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { bareHttpFile } from '../contestants/bare-http-file.mjs';
import { dd } from '../contestants/dd.mjs';
import { nginx } from '../contestants/nginx.mjs';
import { openoss } from '../contestants/openoss.mjs';
import { plainWriter } from '../contestants/plain-writer.mjs';
import { settle } from '../processes/settle.mjs';
import { sizeName } from '../sizes.mjs';
import { TRANSFER_COLUMNS } from './columns.mjs';

const BUCKET = 'bench-put';
const MEBIBYTE = 1024 ** 2;
const MEBIBYTE_CONNECTIONS = 16;

export const PUT_LARGE_TABLE = 'put-large';

/** @param {number} bytes */
export function putLargeCell(bytes) {
  return `${sizeName(bytes)}, 1 connection`;
}

/** @type {import('../workbench.mjs').Workload} */
export const putLarge = {
  name: 'put-large',
  about: 'PUT of 1 MiB and of 1 GiB, against what the disk takes',

  async run(bench) {
    const { rounds, largeBytes } = bench.extent;
    bench.measurements.addTable({
      id: PUT_LARGE_TABLE,
      title: 'PUT of large objects, new keys',
      about: `The plain writer and \`dd\` have no network and no generator: they say what the disk takes.`,
      rows: 'size',
      columns: TRANSFER_COLUMNS,
      subject: openoss.name,
    });
    for (let round = 0; round < rounds; round++) {
      bench.say(`round ${round + 1} of ${rounds}: PUT of large objects`);
      const lineup = await bench.lineup([openoss, bareHttpFile, nginx], [BUCKET]);
      try {
        await measureServers(bench, lineup, round, {
          cell: `${sizeName(MEBIBYTE)}, ${MEBIBYTE_CONNECTIONS} connections`,
          bodyBytes: MEBIBYTE,
          connections: MEBIBYTE_CONNECTIONS,
        });
        const cell = putLargeCell(largeBytes);
        await measureServers(bench, lineup, round, {
          cell,
          bodyBytes: largeBytes,
          connections: 1,
          requests: 1,
        });
        for (const writer of [plainWriter, dd]) await measureWriter(bench, writer, round, cell);
      } finally {
        await lineup.stop();
      }
    }
  },
};

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/lineup.mjs').Lineup} lineup
 * @param {number} round
 * @param {{ cell: string, bodyBytes: number, connections: number, requests?: number }} what
 */
async function measureServers(bench, lineup, round, { cell, bodyBytes, connections, requests }) {
  for (const [name, reason] of lineup.absent) {
    bench.measurements.recordAbsence(PUT_LARGE_TABLE, cell, name, reason);
  }
  for (const server of lineup.servers.values()) {
    await bench.measure(PUT_LARGE_TABLE, cell, round, {
      server,
      kind: `put ${bodyBytes}`,
      connections,
      statuses: server.putStatuses,
      recipe: (distinct, turn) => ({
        kind: 'put-objects',
        bucket: BUCKET,
        prefix: `large/${turn}/`,
        first: 0,
        distinct,
        bodyBytes,
      }),
      ...(requests === undefined ? {} : { requests }),
    });
  }
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/plain-writer.mjs').Writer} writer
 * @param {number} round
 * @param {string} cell
 */
async function measureWriter(bench, writer, round, cell) {
  if (!bench.wants(writer.name)) return;
  const { measurements } = bench;
  const { name, title, about, install } = writer;
  const bytes = bench.extent.largeBytes;
  const directory = path.join(bench.directory, name);
  const file = path.join(directory, 'file');
  const version = writer.version();
  measurements.present(name, {
    title,
    about,
    version: version ?? 'not installed',
    command: writer.command(file, bytes),
  });
  if (version === undefined) {
    measurements.recordAbsence(PUT_LARGE_TABLE, cell, name, `not installed: ${install}`);
    return;
  }
  await mkdir(directory);
  settle(bench.directory);
  const { seconds, cpuSeconds } = await writer.write(file, bytes);
  const gibibytes = bytes / 1024 ** 3;
  measurements.record(PUT_LARGE_TABLE, cell, name, round, {
    bytesPerSecond: bytes / seconds,
    cpuPerGiB: cpuSeconds === undefined ? undefined : cpuSeconds / gibibytes,
  });
  bench.say(`${PUT_LARGE_TABLE} ${cell} ${name}: ${(bytes / seconds / MEBIBYTE).toFixed(0)} MiB/s`);
  await rm(directory, { recursive: true });
}
