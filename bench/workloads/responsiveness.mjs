import { openoss } from '../contestants/openoss.mjs';
import { LoadGenerator } from '../load/load-generator.mjs';
import { sizeName } from '../sizes.mjs';

const BUCKET = 'bench-responsiveness';
const SMALL_BYTES = 4096;
const SMALL_KEYS = 1000;
const SMALL_PREFIX = 'small/';
/** The second client looks at latency; without a pause it would be a load of its own. */
const PAUSE_MILLISECONDS = 1;
/** How many requests it has, each with its own signature, before it begins again. */
const SECOND_CLIENT_REQUESTS = 20_000;
/** A 99th percentile of fewer than a thousand requests is a tale of one or two. */
const LEAST_IDLE_SECONDS = 2;
/** It is stopped when what it watches is over. */
const SECOND_CLIENT_SECONDS = 600;
/**
 * `monitorEventLoopDelay`, which the metric is made with, looks every 10 ms and reports the time between
 * two looks: an idle loop shows 10 ms.
 */
const RESOLUTION_MILLISECONDS = 10;

export const RESPONSIVENESS_TABLE = 'responsiveness';
export const IDLE_CELL = 'idle';

/** @param {number} bytes */
export function busyCell(bytes) {
  return `during a PUT of ${sizeName(bytes)}`;
}

/** @type {import('../workbench.mjs').Workload} */
export const responsiveness = {
  name: 'responsiveness',
  about: 'event-loop delay, and a second client, while 1 GiB comes in',

  async run(bench) {
    const { rounds, largeBytes } = bench.extent;
    bench.measurements.addTable({
      id: RESPONSIVENESS_TABLE,
      title: `A second client's GET of ${sizeName(SMALL_BYTES)}, and the event loop`,
      about: `The second client has one connection and pauses ${PAUSE_MILLISECONDS} ms after each answer. The event-loop delay is the server's own metric less the ${RESOLUTION_MILLISECONDS} ms of its resolution.`,
      rows: 'server',
      columns: [
        { key: 'p99', title: 'GET p99', quantity: 'milliseconds' },
        { key: 'p50', title: 'GET p50', quantity: 'milliseconds' },
        { key: 'loopP99', title: 'event-loop delay p99', quantity: 'milliseconds' },
        { key: 'loopMax', title: 'event-loop delay max', quantity: 'milliseconds' },
      ],
    });
    const lineup = await bench.lineup([openoss], [BUCKET]);
    const secondClient = new LoadGenerator();
    try {
      for (const [name, reason] of lineup.absent) {
        bench.measurements.recordAbsence(RESPONSIVENESS_TABLE, IDLE_CELL, name, reason);
      }
      for (const server of lineup.servers.values()) {
        await put(bench, server, SMALL_PREFIX, SMALL_KEYS, SMALL_BYTES);
        // Once unmeasured: the first large put of a process also compiles.
        await put(bench, server, 'warm-up/', 1, largeBytes);
        for (let round = 0; round < rounds; round++) {
          bench.say(`round ${round + 1} of ${rounds}: a second client`);
          await measure(bench, server, secondClient, round, IDLE_CELL, rest);
          await measure(bench, server, secondClient, round, busyCell(largeBytes), () =>
            put(bench, server, `large/${round}/`, 1, largeBytes),
          );
        }
      }
    } finally {
      await secondClient.close();
      await lineup.stop();
    }

    function rest() {
      const seconds = Math.max(LEAST_IDLE_SECONDS, bench.extent.seconds);
      return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  },
};

/**
 * What the second client and the event loop see while something else is done.
 *
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {LoadGenerator} secondClient
 * @param {number} round
 * @param {string} cell
 * @param {() => Promise<unknown>} meanwhile
 */
async function measure(bench, server, secondClient, round, cell, meanwhile) {
  await secondClient.prepare({
    host: server.host,
    port: server.port,
    style: server.style,
    recipe: {
      kind: 'get-objects',
      bucket: BUCKET,
      prefix: SMALL_PREFIX,
      distinct: SMALL_KEYS,
    },
    requests: SECOND_CLIENT_REQUESTS,
    repeat: true,
    connections: 1,
    statuses: [200],
    answerBytes: SMALL_BYTES,
    pauseMilliseconds: PAUSE_MILLISECONDS,
  });
  // Reading the metric begins it anew.
  await eventLoopDelay(server);
  const watching = secondClient.run(SECOND_CLIENT_SECONDS);
  await meanwhile();
  const loop = await eventLoopDelay(server);
  secondClient.stop();
  const { p50, p99, errors, requests } = await watching;
  const sample = { p50, p99, loopP99: loop.p99, loopMax: loop.max };
  bench.measurements.record(RESPONSIVENESS_TABLE, cell, server.name, round, sample, errors);
  bench.say(
    `${cell}: p99 ${p99.toFixed(2)} ms of ${requests} GETs, event loop p99 ${loop.p99?.toFixed(1)} ms`,
  );
}

/**
 * The delay of the server's event loop since this was asked last, beyond the resolution.
 *
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @returns {Promise<{ p99: number | undefined, max: number | undefined }>} milliseconds
 */
async function eventLoopDelay({ adminEndpoint }) {
  const text = await (await fetch(`${adminEndpoint}/metrics`)).text();
  /** @param {string} name */
  const read = (name) => {
    const value = new RegExp(`^nodejs_eventloop_lag_${name}_seconds ([\\d.e+-]+)$`, 'm').exec(text);
    if (value === null) return undefined;
    return Math.max(0, Number(value[1]) * 1000 - RESOLUTION_MILLISECONDS);
  };
  return { p99: read('p99'), max: read('max') };
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {string} prefix
 * @param {number} distinct
 * @param {number} bodyBytes
 */
async function put(bench, server, prefix, distinct, bodyBytes) {
  await bench.load.send({
    server,
    kind: `put ${prefix}`,
    connections: Math.min(distinct, 64),
    statuses: server.putStatuses,
    requests: distinct,
    recipe: () => ({ kind: 'put-objects', bucket: BUCKET, prefix, first: 0, distinct, bodyBytes }),
  });
}
