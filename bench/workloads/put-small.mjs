import { bareHttp } from '../contestants/bare-http.mjs';
import { bareHttpAppend } from '../contestants/bare-http-append.mjs';
import { nginx } from '../contestants/nginx.mjs';
import { openoss } from '../contestants/openoss.mjs';
import { radosgw } from '../contestants/radosgw.mjs';
import { s3rver } from '../contestants/s3rver.mjs';
import { connectionsName, sizeName } from '../sizes.mjs';
import { REQUEST_COLUMNS } from './columns.mjs';

const BUCKET = 'bench-put';
/** Keys that are overwritten over and over; enough that no two connections are at the same one. */
const OVERWRITTEN_KEYS = 2000;
const WARM_UP_CONNECTIONS = 64;
/** Servers that look at no key: a request and its repetition are the same to them. */
const KEYLESS = new Set([bareHttp.name, bareHttpAppend.name]);

/**
 * @param {number} bodyBytes
 * @param {'new' | 'overwrite' | 'ceph'} kind
 */
export function smallPutTable(bodyBytes, kind) {
  return `put-${bodyBytes}-${kind}`;
}

/** @type {import('../workbench.mjs').Workload} */
export const putSmall = {
  name: 'put-small',
  about: 'PUT of 1 KiB, 4 KiB, 64 KiB, new keys and overwrites',

  async run(bench) {
    const { rounds, putBytes, putConnections } = bench.extent;
    const everybody = [openoss, bareHttp, bareHttpAppend, s3rver, nginx];
    for (const bodyBytes of putBytes) {
      addTable(bench, bodyBytes, 'new', 'new keys');
      addTable(bench, bodyBytes, 'overwrite', 'overwrites');
    }
    // Each round begins with fresh directories: what one round wrote is not the next one's burden.
    for (let round = 0; round < rounds; round++) {
      for (const bodyBytes of putBytes) {
        bench.say(`round ${round + 1} of ${rounds}: PUT ${sizeName(bodyBytes)}`);
        const lineup = await bench.lineup(everybody, [BUCKET]);
        try {
          await warmUp(bench, lineup, bodyBytes);
          for (const connections of putConnections) {
            await measureNew(bench, lineup, { bodyBytes, connections, round, kind: 'new' });
          }
          await measureOverwrites(bench, lineup, bodyBytes, round);
        } finally {
          await lineup.stop();
        }
      }
    }
  },
};

/** Apart from the others, because Ceph's daemons never rest. @type {import('../workbench.mjs').Workload} */
export const putCeph = {
  name: 'put-ceph',
  about: 'PUT of small objects, against Ceph RGW',

  async run(bench) {
    const { rounds, cephPutBytes, cephPutConnections } = bench.extent;
    for (const bodyBytes of cephPutBytes) {
      addTable(bench, bodyBytes, 'ceph', 'new keys, pairs with Ceph RGW');
    }
    const lineup = await bench.lineup([openoss, radosgw], [BUCKET]);
    try {
      await warmUp(bench, lineup, cephPutBytes[0] ?? 0);
      for (let round = 0; round < rounds; round++) {
        for (const bodyBytes of cephPutBytes) {
          for (const connections of cephPutConnections) {
            await measureNew(bench, lineup, { bodyBytes, connections, round, kind: 'ceph' });
          }
        }
      }
    } finally {
      await lineup.stop();
    }
  },
};

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {number} bodyBytes
 * @param {'new' | 'overwrite' | 'ceph'} kind
 * @param {string} title
 */
function addTable(bench, bodyBytes, kind, title) {
  bench.measurements.addTable({
    id: smallPutTable(bodyBytes, kind),
    title: `PUT ${sizeName(bodyBytes)}, ${title}`,
    rows: 'connections',
    columns: REQUEST_COLUMNS,
    subject: openoss.name,
  });
}

/**
 * Compilers and caches are warm in a service; what is measured begins after that.
 *
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/lineup.mjs').Lineup} lineup
 * @param {number} bodyBytes
 */
async function warmUp(bench, lineup, bodyBytes) {
  for (const server of lineup.servers.values()) {
    await bench.load.send(
      {
        ...putTurn(server, bodyBytes, WARM_UP_CONNECTIONS),
        kind: 'warm-up',
        recipe: (count) => puts('warm-up/', count, bodyBytes),
      },
      bench.extent.seconds,
    );
  }
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/lineup.mjs').Lineup} lineup
 * @param {{ bodyBytes: number, connections: number, round: number, kind: 'new' | 'ceph' }} what
 */
async function measureNew(bench, lineup, { bodyBytes, connections, round, kind }) {
  const table = smallPutTable(bodyBytes, kind);
  const cell = connectionsName(connections);
  recordAbsences(bench, lineup, table, cell);
  for (const server of lineup.servers.values()) {
    await bench.measure(table, cell, round, {
      ...putTurn(server, bodyBytes, connections),
      recipe: (count, turn) => puts(`new/${turn}/`, count, bodyBytes),
    });
  }
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/lineup.mjs').Lineup} lineup
 * @param {number} bodyBytes
 * @param {number} round
 */
async function measureOverwrites(bench, lineup, bodyBytes, round) {
  const table = smallPutTable(bodyBytes, 'overwrite');
  const servers = [...lineup.servers.values()].filter(({ name }) => !KEYLESS.has(name));
  const recipe = () => puts('overwritten/', OVERWRITTEN_KEYS, bodyBytes);
  for (const server of servers) {
    const turn = putTurn(server, bodyBytes, WARM_UP_CONNECTIONS);
    await bench.load.send({ ...turn, recipe, requests: OVERWRITTEN_KEYS });
  }
  for (const connections of bench.extent.putConnections) {
    const cell = connectionsName(connections);
    recordAbsences(bench, lineup, table, cell);
    for (const server of servers) {
      await bench.measure(table, cell, round, {
        ...putTurn(server, bodyBytes, connections),
        kind: `overwrite ${bodyBytes} ${connections}`,
        recipe,
      });
    }
  }
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/lineup.mjs').Lineup} lineup
 * @param {string} table
 * @param {string} cell
 */
function recordAbsences(bench, lineup, table, cell) {
  for (const [name, reason] of lineup.absent) {
    bench.measurements.recordAbsence(table, cell, name, reason);
  }
}

/**
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {number} bodyBytes
 * @param {number} connections
 */
function putTurn(server, bodyBytes, connections) {
  return {
    server,
    kind: `put ${bodyBytes} ${connections}`,
    connections,
    statuses: server.putStatuses,
    repeat: KEYLESS.has(server.name),
  };
}

/**
 * @param {string} prefix
 * @param {number} distinct
 * @param {number} bodyBytes
 * @returns {import('../load/recipes.mjs').PutObjects}
 */
function puts(prefix, distinct, bodyBytes) {
  return { kind: 'put-objects', bucket: BUCKET, prefix, first: 0, distinct, bodyBytes };
}
