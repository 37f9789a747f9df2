import { fixedAnswer } from '../contestants/fixed-answer.mjs';
import { connectionsName, sizeName } from '../sizes.mjs';
import { REQUEST_COLUMNS, TRANSFER_COLUMNS } from './columns.mjs';

const BUCKET = 'bench-ceiling';
const CONNECTIONS = 64;

const SMALL_TABLE = 'generator-small';
const LARGE_TABLE = 'generator-large';

/** @type {import('../workbench.mjs').Workload} */
export const generatorCeiling = {
  name: 'generator',
  about: 'what the load generator can do at most',

  async run(bench) {
    const { rounds, putBytes, largeBytes } = bench.extent;
    bench.measurements.addTable({
      id: SMALL_TABLE,
      title: `The load generator's ceiling: PUT at ${connectionsName(CONNECTIONS)}`,
      about:
        'Against a server on `node:net` that parses nothing and always answers the same. A server that comes near these figures is measured together with the generator.',
      rows: 'body',
      columns: REQUEST_COLUMNS,
    });
    bench.measurements.addTable({
      id: LARGE_TABLE,
      title: `The load generator's ceiling: ${sizeName(largeBytes)} over one connection`,
      rows: 'what',
      columns: TRANSFER_COLUMNS,
    });
    for (let round = 0; round < rounds; round++) {
      bench.say(`round ${round + 1} of ${rounds}: the load generator`);
      await withServer(bench, 0, async (server) => {
        for (const bodyBytes of putBytes) {
          await bench.measure(SMALL_TABLE, sizeName(bodyBytes), round, {
            server,
            kind: sizeName(bodyBytes),
            connections: CONNECTIONS,
            statuses: [200],
            repeat: true,
            recipe: (distinct) => puts(distinct, bodyBytes),
          });
        }
        await bench.measure(LARGE_TABLE, 'PUT', round, {
          server,
          kind: 'PUT',
          connections: 1,
          statuses: [200],
          requests: 1,
          recipe: () => puts(1, largeBytes),
        });
      });
      await withServer(bench, largeBytes, (server) =>
        bench.measure(LARGE_TABLE, 'GET', round, {
          server,
          kind: 'GET',
          connections: 1,
          statuses: [200],
          answerBytes: largeBytes,
          requests: 1,
          recipe: () => ({ kind: 'get-objects', bucket: BUCKET, prefix: 'key/', distinct: 1 }),
        }),
      );
    }
  },
};

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {number} answerBytes
 * @param {(server: import('../contestants/running-server.mjs').RunningServer) => Promise<void>} use
 */
async function withServer(bench, answerBytes, use) {
  const contestant = fixedAnswer(answerBytes);
  const lineup = await bench.lineup([contestant]);
  try {
    const server = lineup.servers.get(contestant.name);
    if (server !== undefined) await use(server);
  } finally {
    await lineup.stop();
  }
}

/**
 * @param {number} distinct
 * @param {number} bodyBytes
 * @returns {import('../load/recipes.mjs').PutObjects}
 */
function puts(distinct, bodyBytes) {
  return { kind: 'put-objects', bucket: BUCKET, prefix: 'key/', first: 0, distinct, bodyBytes };
}
