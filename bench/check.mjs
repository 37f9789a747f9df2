/**
 * The short form for CI, under a minute: durable signed puts of 4 KiB over 64 connections, in pairs with
 * a bare `node:http` server. Fails when the median ratio has fallen too far below the recorded one. A
 * ratio within one run says something on any machine; a rate would not.
 *
 *   node bench/check.mjs            measure and compare
 *   node bench/check.mjs --record   measure, and record the ratio in recorded.json: on a quiet machine,
 *                                   or with --provisional
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { bareHttp } from './contestants/bare-http.mjs';
import { Lineup } from './contestants/lineup.mjs';
import { openoss } from './contestants/openoss.mjs';
import { LoadGenerator } from './load/load-generator.mjs';
import { MeasuredLoad } from './load/measured-load.mjs';
import { endOnSignals } from './processes/end-on-signals.mjs';
import { formatRange } from './report/quantities.mjs';
import { summarize } from './statistics.mjs';

/** A single run of one server against itself differs by 14 %; the median of nine pairs by far less. */
const PAIRS = 9;
const SECONDS = 1;
const WARM_UP_SECONDS = 1.5;
const CONNECTIONS = 64;
const BODY_BYTES = 4096;
const BUCKET = 'bench-check';
/** How far the ratio may fall: more than noise, less than anybody would miss. */
const ALLOWED_FALL = 0.4;

const FALLEN = 1;
const RECORD_FILE = path.join(import.meta.dirname, 'recorded.json');

/**
 * What recorded.json holds.
 *
 * @typedef {object} Recorded
 * @property {number} ratio median over pairs: OpenOSS's puts a second ÷ the bare server's
 * @property {boolean} provisional recorded on a machine that was not quiet: to be recorded again
 * @property {string} recordedOn date
 * @property {string} cpu
 * @property {string} node
 */

const ratios = await measurePairs();
const summary = summarize(ratios);
const percent = (/** @type {number} */ share) => `${(share * 100).toFixed(1)} %`;
process.stdout.write(
  `signed durable PUT 4 KiB ×${CONNECTIONS} ÷ bare node:http: median ${summary.median.toFixed(3)} of ${summary.count} pairs [${formatRange(summary, 'ratio')}], standard deviation ${summary.deviation.toFixed(3)}\n`,
);

if (process.argv.includes('--record')) {
  /** @type {Recorded} */
  const recorded = {
    ratio: Number(summary.median.toFixed(3)),
    provisional: process.argv.includes('--provisional'),
    recordedOn: new Date().toISOString().slice(0, 10),
    cpu: `${cpus()[0]?.model.trim()}, ${cpus().length} cores`,
    node: process.version,
  };
  writeFileSync(RECORD_FILE, `${JSON.stringify(recorded, null, 2)}\n`);
  process.stdout.write('recorded in bench/recorded.json\n');
} else {
  /** @type {Recorded} */
  const recorded = JSON.parse(readFileSync(RECORD_FILE, 'utf8'));
  const least = recorded.ratio * (1 - ALLOWED_FALL);
  const change = percent(summary.median / recorded.ratio - 1);
  const note = recorded.provisional ? ' (provisional)' : '';
  process.stdout.write(
    `recorded${note}: ${recorded.ratio.toFixed(3)} on ${recorded.recordedOn}; change ${change}; least allowed ${least.toFixed(3)}\n`,
  );
  if (summary.median < least) {
    process.stdout.write('FAILED: putting small objects has become slower\n');
    process.exitCode = FALLEN;
  }
}

/** @returns {Promise<number[]>} one ratio a pair */
async function measurePairs() {
  const directory = await mkdtemp(path.join(tmpdir(), 'openoss-bench-'));
  endOnSignals(directory);
  const generator = new LoadGenerator();
  const load = new MeasuredLoad(generator, directory);
  const lineup = await Lineup.start([openoss, bareHttp], path.join(directory, 'check'), [BUCKET]);
  try {
    const [subject, bare] = [openoss, bareHttp].map(({ name }) => turnOf(lineup, name));
    if (subject === undefined || bare === undefined) throw new Error('nothing to compare');
    for (const turn of [subject, bare]) await load.send(turn, WARM_UP_SECONDS);
    const found = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      const ours = await rateOf(load, subject);
      const theirs = await rateOf(load, bare);
      found.push(ours / theirs);
      process.stderr.write(
        `  pair ${pair + 1} of ${PAIRS}: ${ours.toFixed(0)}/s ÷ ${theirs.toFixed(0)}/s\n`,
      );
    }
    return found;
  } finally {
    await lineup.stop();
    await generator.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * @param {Lineup} lineup
 * @param {string} name
 * @returns {import('./load/measured-load.mjs').Turn}
 */
function turnOf(lineup, name) {
  const server = lineup.servers.get(name);
  if (server === undefined) throw new Error(`${name}: ${lineup.absent.get(name)}`);
  return {
    server,
    kind: 'put',
    connections: CONNECTIONS,
    statuses: server.putStatuses,
    repeat: name === bareHttp.name,
    recipe: (distinct, turn) => ({
      kind: 'put-objects',
      bucket: BUCKET,
      prefix: `${turn}/`,
      first: 0,
      distinct,
      bodyBytes: BODY_BYTES,
    }),
  };
}

/**
 * @param {MeasuredLoad} load
 * @param {import('./load/measured-load.mjs').Turn} turn
 */
async function rateOf(load, turn) {
  const { figures, failures } = await load.measure(turn, SECONDS);
  if (Object.keys(failures).length > 0) {
    throw new Error(`${turn.server.name} failed: ${JSON.stringify(failures)}`);
  }
  return figures.perSecond;
}
