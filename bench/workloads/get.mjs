import { nginx } from '../contestants/nginx.mjs';
import { openoss } from '../contestants/openoss.mjs';
import { numberedKey } from '../load/recipes.mjs';
import { sizeName } from '../sizes.mjs';
import { REQUEST_COLUMNS, TRANSFER_COLUMNS } from './columns.mjs';

const BUCKET = 'bench-get';
const SMALL_BYTES = 4096;
const SMALL_KEYS = 10_000;
const SMALL_CONNECTIONS = 64;
const RANGE_BYTES = 1024 ** 2;
const RANGE_CONNECTIONS = 16;
const SMALL_PREFIX = 'small/';
const LARGE_PREFIX = 'large/';

export const GET_SMALL_TABLE = 'get-small';
export const GET_SMALL_CELL = `${SMALL_CONNECTIONS} connections`;
export const GET_LARGE_TABLE = 'get-large';

/** @param {number} bytes */
export function getLargeCell(bytes) {
  return `${sizeName(bytes)}, 1 connection`;
}

/** @type {import('../workbench.mjs').Workload} */
export const get = {
  name: 'get',
  about: 'GET of 4 KiB, of 1 GiB and of ranges, against nginx',

  async run(bench) {
    const { rounds, largeBytes } = bench.extent;
    bench.measurements.addTable({
      id: GET_SMALL_TABLE,
      title: `GET ${sizeName(SMALL_BYTES)}`,
      about: `Of ${SMALL_KEYS.toLocaleString('en')} objects, in a scattered order, from the page cache.`,
      rows: 'connections',
      columns: REQUEST_COLUMNS,
      subject: openoss.name,
    });
    bench.measurements.addTable({
      id: GET_LARGE_TABLE,
      title: 'GET of large objects and ranges',
      about:
        'From the page cache. OpenOSS verifies every block before it sends it; nginx sends the file.',
      rows: 'what',
      columns: TRANSFER_COLUMNS,
      subject: openoss.name,
    });
    const lineup = await bench.lineup([openoss, nginx], [BUCKET]);
    try {
      for (const server of lineup.servers.values()) {
        bench.say(`filling ${server.name}`);
        await fill(bench, server, SMALL_PREFIX, SMALL_KEYS, SMALL_BYTES);
        await fill(bench, server, LARGE_PREFIX, 1, largeBytes);
      }
      for (let round = 0; round < rounds; round++) {
        bench.say(`round ${round + 1} of ${rounds}: GET`);
        for (const { table, cell, ...turn } of turnsOf(largeBytes)) {
          for (const [name, reason] of lineup.absent) {
            bench.measurements.recordAbsence(table, cell, name, reason);
          }
          for (const server of lineup.servers.values()) {
            await bench.measure(table, cell, round, { ...turn, kind: cell, server });
          }
        }
      }
    } finally {
      await lineup.stop();
    }
  },
};

/** @param {number} largeBytes */
function turnsOf(largeBytes) {
  const largeKey = numberedKey(LARGE_PREFIX, 0);
  return [
    {
      table: GET_SMALL_TABLE,
      cell: GET_SMALL_CELL,
      connections: SMALL_CONNECTIONS,
      statuses: [200],
      answerBytes: SMALL_BYTES,
      recipe: () => getObjects(SMALL_PREFIX, SMALL_KEYS),
    },
    {
      table: GET_LARGE_TABLE,
      cell: getLargeCell(largeBytes),
      connections: 1,
      statuses: [200],
      answerBytes: largeBytes,
      requests: 1,
      recipe: () => getObjects(LARGE_PREFIX, 1),
    },
    {
      table: GET_LARGE_TABLE,
      cell: `${sizeName(RANGE_BYTES)} out of ${sizeName(largeBytes)}, ${RANGE_CONNECTIONS} connections`,
      connections: RANGE_CONNECTIONS,
      statuses: [206],
      answerBytes: RANGE_BYTES,
      recipe: () => ({
        kind: /** @type {const} */ ('get-ranges'),
        bucket: BUCKET,
        key: largeKey,
        rangeBytes: RANGE_BYTES,
        objectBytes: largeBytes,
      }),
    },
  ];
}

/**
 * @param {string} prefix
 * @param {number} distinct
 */
function getObjects(prefix, distinct) {
  return { kind: /** @type {const} */ ('get-objects'), bucket: BUCKET, prefix, distinct };
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {string} prefix
 * @param {number} distinct
 * @param {number} bodyBytes
 */
async function fill(bench, server, prefix, distinct, bodyBytes) {
  await bench.load.send({
    server,
    kind: 'fill',
    connections: Math.min(distinct, SMALL_CONNECTIONS),
    statuses: server.putStatuses,
    requests: distinct,
    recipe: () => ({ kind: 'put-objects', bucket: BUCKET, prefix, first: 0, distinct, bodyBytes }),
  });
}
