import { openoss } from '../contestants/openoss.mjs';
import { PAGE_KEYS } from '../load/recipes.mjs';
import { sendOne } from '../load/send-one.mjs';

/** Listings read no bodies; the smallest fill a bucket fastest. */
const BODY_BYTES = 16;
const FILL_CONNECTIONS = 256;
/** How many puts are built at a time while a bucket is filled. */
const FILL_BATCH = 100_000;
const PREFIX = 'photos/2024/';

export const LIST_TABLE = 'list';

/** @param {number} keys */
export function listCell(keys) {
  return `${keys.toLocaleString('en')} keys`;
}

/** @type {import('../workbench.mjs').Workload} */
export const list = {
  name: 'list',
  about: 'ListObjectsV2 of 1,000 keys, as buckets grow',

  async run(bench) {
    const { rounds, listKeys } = bench.extent;
    bench.measurements.addTable({
      id: LIST_TABLE,
      title: `ListObjectsV2, ${PAGE_KEYS.toLocaleString('en')} keys a page`,
      about: 'One connection; each page begins after another key, scattered over the whole bucket.',
      rows: 'bucket',
      columns: [
        { key: 'p50', title: 'a page, p50', quantity: 'milliseconds' },
        { key: 'p99', title: 'p99', quantity: 'milliseconds' },
        { key: 'perSecond', title: 'pages a second', quantity: 'rate' },
        { key: 'cpuMicros', title: 'CPU a page', quantity: 'microseconds' },
      ],
    });
    const lineup = await bench.lineup([openoss], listKeys.map(bucketOf));
    try {
      for (const [name, reason] of lineup.absent) {
        for (const keys of listKeys) {
          bench.measurements.recordAbsence(LIST_TABLE, listCell(keys), name, reason);
        }
      }
      for (const server of lineup.servers.values()) {
        for (const keys of listKeys) {
          await fill(bench, server, keys);
          await checkPage(server, keys);
        }
        for (let round = 0; round < rounds; round++) {
          for (const keys of listKeys) {
            await bench.measure(LIST_TABLE, listCell(keys), round, {
              server,
              kind: bucketOf(keys),
              connections: 1,
              statuses: [200],
              recipe: () => ({
                kind: 'list-pages',
                bucket: bucketOf(keys),
                prefix: PREFIX,
                distinct: keys,
              }),
            });
          }
        }
      }
    } finally {
      await lineup.stop();
    }
  },
};

/** @param {number} keys */
function bucketOf(keys) {
  return `bench-list-${keys}`;
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {number} keys
 */
async function fill(bench, server, keys) {
  for (let first = 0; first < keys; first += FILL_BATCH) {
    const distinct = Math.min(FILL_BATCH, keys - first);
    bench.say(`filling a bucket: ${(first + distinct).toLocaleString('en')} of ${listCell(keys)}`);
    await bench.load.send({
      server,
      kind: 'fill',
      connections: FILL_CONNECTIONS,
      statuses: server.putStatuses,
      requests: distinct,
      recipe: () => ({
        kind: 'put-objects',
        bucket: bucketOf(keys),
        prefix: PREFIX,
        first,
        distinct,
        bodyBytes: BODY_BYTES,
      }),
    });
  }
}

/**
 * The generator only counts bytes; that a page is full is looked at here, once.
 *
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {number} keys
 */
async function checkPage(server, keys) {
  const { status, body } = await sendOne(server, {
    method: 'GET',
    bucket: bucketOf(keys),
    query: [
      ['list-type', '2'],
      ['max-keys', String(PAGE_KEYS)],
    ],
  });
  const found = body.toString().match(/<Key>/g)?.length;
  if (status !== 200 || found !== PAGE_KEYS) {
    throw new Error(`a page was answered with ${status} and ${found} keys`);
  }
}
