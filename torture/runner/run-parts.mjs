import { join } from 'node:path';
import { runClients } from '../clients/run-clients.mjs';
import { CAN_LOOK } from '../clients/server-figures.mjs';
import { runFuzz } from '../fuzz/run-fuzz.mjs';
import { KILLS, missedPhases, PHASES } from '../kill-loop/kill-phases.mjs';
import { runKillLoops } from '../kill-loop/run-kill-loops.mjs';
import { whyNoTraces } from '../metadata-trace/record-trace.mjs';
import { runOrder } from '../order/run-order.mjs';
import { runRot } from '../rot/run-rot.mjs';
import { selfTest } from '../self-test/self-test.mjs';
import { exploreSeeds } from './explore-seeds.mjs';
import { withProgress } from './progress.mjs';

/**
 * @import { Part, TortureOptions } from './options.mjs'
 * @import { ReportedViolation } from './exploring-worker.mjs'
 * @import { PartResult } from './part-result.mjs'
 */

/**
 * @typedef {object} PartContext
 * @property {TortureOptions} options
 * @property {string} scratch in memory, where possible
 * @property {string} disk on a real disk
 * @property {string} failures
 * @property {(line: string) => void} say
 */

const TITLES = {
  'self-test': 'Self-test: broken engines, disks and directories are found out',
  'kill-loop': 'Kill loop: `SIGKILL` under load, while starting, while sweeping',
  'forgetting-disk': 'A disk that forgets: the engine behind its `Disk` port',
  clients: 'Clients that misbehave: bounded, given up, others unaffected; overload is refused',
  rot: 'Rot: flipped bits in records, bodies, blobs and the pages of LMDB',
  faults: 'Faults: a disk whose calls go wrong at random, under concurrent clients',
  'metadata-trace': "LMDB's own file, and all others: recorded writes and flushes",
  order: 'Order: what concurrent clients saw is linearizable, across kills',
  fuzz: 'Fuzz: whatever is sent, a well-formed answer or a closed connection',
};

/** How many ways of losing what is pending are tried at one crash point. */
const CHOICES = { short: 24, full: 40 };

/**
 * @param {Part} name
 * @param {PartContext} context
 * @returns {Promise<PartResult>}
 */
export async function runPart(name, context) {
  const title = TITLES[name];
  const noTraces = await whyNoTraces();
  if (name === 'metadata-trace' && noTraces !== undefined) {
    return { name, title, figures: {}, violations: [], milliseconds: 0, skipped: noTraces };
  }
  if (name === 'clients' && !CAN_LOOK) {
    const skipped = 'what a process holds can only be looked at on Linux';
    return { name, title, figures: {}, violations: [], milliseconds: 0, skipped };
  }
  const hasTraces = noTraces === undefined;
  const startedAt = Date.now();
  const result = await resultOf(name, context, hasTraces);
  return { name, title, ...result, milliseconds: Date.now() - startedAt };
}

/** @typedef {Pick<PartResult, 'figures' | 'violations'>} Found */

/**
 * @param {Part} name
 * @param {PartContext} context
 * @param {boolean} hasTraces
 * @returns {Promise<Found>}
 */
async function resultOf(name, context, hasTraces) {
  switch (name) {
    case 'self-test':
      return runSelfTest(context, hasTraces);
    case 'kill-loop':
      return runKills(context);
    case 'faults':
      return runFaults(context);
    case 'clients':
      return runCrowds(context);
    case 'rot':
      return runFlips(context);
    case 'order':
      return runOrderCheck(context);
    case 'fuzz':
      return runFuzzing(context);
    default:
      return explore(name, context, hasTraces);
  }
}

/**
 * @param {PartContext} context
 * @param {boolean} hasTraces
 * @returns {Promise<Found>}
 */
async function runSelfTest(context, hasTraces) {
  const outcomes = await selfTest({ ...context, hasTraces });
  return {
    figures: { 'things that must be so': outcomes.length },
    violations: outcomes
      .filter(({ isRight }) => !isRight)
      .map(({ name, detail = '' }) => ({
        where: 'the torture itself',
        problems: [`${name}: ${detail}`],
        replay: 'npm run torture -- --part self-test',
      })),
  };
}

/**
 * @param {PartContext} context
 * @returns {Promise<Found>}
 */
async function runKills({ options, disk, failures, say }) {
  const { seed, kills, serverWorkers: workers } = options;
  const told = { part: 'kill-loop', unit: 'kills', target: kills, say };
  const result = await withProgress(told, (onProgress) =>
    runKillLoops({ seed, kills, workers, scratch: disk, failures, onProgress }),
  );
  const replay = `npm run torture -- --part kill-loop --kills ${kills} --seed ${seed}`;
  // A loop that ends at a violation has not met what it would have.
  const missed = result.violations.length > 0 ? [] : missedPhases(result.killsBy);
  return {
    figures: {
      kills: result.kills,
      ...Object.fromEntries(PHASES.map((phase) => [KILLS[phase], result.killsBy[phase]])),
      'times everything was verified': result.verifications,
      'changes acknowledged': result.acknowledged,
      'keys of KMS that were made': result.keys,
    },
    violations: [
      ...result.violations.map(({ seed: loop, problems, file }) => ({
        where: `seed ${loop}; the data directory is in ${file}`,
        problems,
        replay,
      })),
      ...(missed.length === 0 ? [] : [{ where: 'the kill loop itself', problems: missed, replay }]),
    ],
  };
}

/** Crash states to open after faults, and ways of losing what is pending at one crash point. */
const FAULT_SCALE = {
  short: { states: 1200, choices: 2 },
  full: { states: 100_000, choices: 6 },
};

/**
 * @param {PartContext} context
 * @returns {Promise<Found>}
 */
async function runFaults({ options, scratch, failures, say }) {
  const { seed, workers, full, workload } = options;
  const part = 'faults';
  const result = await exploreSeeds({
    part,
    seed,
    ...(full ? FAULT_SCALE.full : FAULT_SCALE.short),
    workers: workload === undefined ? workers : 1,
    scratch: join(scratch, part),
    failures,
    say,
    ...(workload === undefined ? {} : { only: workload }),
  });
  return {
    figures: {
      'calls to the disk that went wrong': result.faults,
      workloads: result.seeds,
      'operations acknowledged': result.acknowledged,
      'distinct crash states on the way': result.states,
    },
    violations: result.violations.map((violation) => reported(part, violation)),
  };
}

/**
 * @param {string} part
 * @param {ReportedViolation} violation
 */
function reported(part, { seed, life, problems, file }) {
  return {
    where: `workload ${seed}, ${life}`,
    problems,
    replay:
      file === undefined
        ? `npm run torture -- --part ${part} --workload ${seed}`
        : `npm run torture -- --replay ${file}`,
  };
}

/**
 * @param {PartContext} context
 * @returns {Promise<Found>}
 */
async function runCrowds({ options: { seed, full }, disk, say }) {
  const result = await runClients({ seed, full, scratch: disk, say });
  return {
    figures: {
      'connections that misbehaved': result.connections,
      'of these answered': result.answered,
      'connections cut, at every stage': result.cuts,
      'requests refused with 503, as they should be': result.refused,
      "a well-behaved client's p99 when it is quiet, in ms": Number(result.quietP99.toFixed(1)),
      'the same in the worst crowd': Number(result.worstP99.toFixed(1)),
      'most memory above idle, in MiB': Math.round(result.worstRss / 2 ** 20),
    },
    violations: result.violations.map(({ phase, problems }) => ({
      where: `clients, ${phase}, seed ${seed}`,
      problems,
      replay: `npm run torture -- --part clients --seed ${seed}${full ? ' --full' : ''}`,
    })),
  };
}

/**
 * @param {PartContext} context
 * @returns {Promise<Found>}
 */
async function runFlips({ options, scratch, say }) {
  const { seed, flips, workers, flip: only } = options;
  const place = join(scratch, 'rot');
  const told = { part: 'rot', unit: 'flips', target: only === undefined ? flips : 1, say };
  const { outcomes, sealed, checked, violations } = await withProgress(told, (onProgress) =>
    runRot({ seed, flips, workers, scratch: place, only, onProgress }),
  );
  return {
    figures: {
      'flipped bits': only === undefined ? flips : 1,
      'of these in what is encrypted, or in keys': sealed,
      'harmless, of all': outcomes.harmless,
      'refused at the start': outcomes['at-start'],
      'found when read': outcomes['on-read'],
      'found by the scrub alone': outcomes['by-scrub'],
      'that ended the process': outcomes.crash,
      'that held it up for ever': outcomes.hang,
      'found by fsck, of all that were not harmless': checked,
    },
    violations: violations.map(({ index, flip, problems }) => ({
      where: `flip ${index + 1}: bit ${flip.bit} of byte ${flip.at} of ${flip.file} (${flip.region})`,
      problems,
      replay: `npm run torture -- --part rot --seed ${seed} --flip ${index + 1}`,
    })),
  };
}

/**
 * @param {'forgetting-disk' | 'metadata-trace'} part
 * @param {PartContext} context
 * @param {boolean} hasTraces
 * @returns {Promise<Found>}
 */
async function explore(part, { options, scratch, failures, say }, hasTraces) {
  const { seed, states, workers, full, parts, workload } = options;
  const explorations = parts.filter(
    (name) => name === 'forgetting-disk' || (name === 'metadata-trace' && hasTraces),
  );
  // While one waits for the program that it traces, another can work.
  const waits = part === 'metadata-trace';
  const result = await exploreSeeds({
    part,
    seed,
    states: Math.ceil(states / explorations.length),
    workers: workload === undefined ? workers + (waits ? 1 : 0) : 1,
    choices: full ? CHOICES.full : CHOICES.short,
    scratch: join(scratch, part),
    failures,
    say,
    ...(workload === undefined ? {} : { only: workload }),
  });
  return {
    figures: {
      'distinct crash states': result.states,
      workloads: result.seeds,
      'crash points': result.points,
      'images made, most of them equal to others': result.choices,
      'operations acknowledged': result.acknowledged,
      'states a minute': Math.round((result.states / result.milliseconds) * 60_000),
    },
    violations: result.violations.map((violation) => reported(part, violation)),
  };
}

/**
 * @param {PartContext} context
 * @returns {Promise<Found>}
 */
async function runOrderCheck({ options, disk, failures, say }) {
  const { seed, operations, serverWorkers: workers } = options;
  const told = { part: 'order', unit: 'operations', target: operations, say };
  const result = await withProgress(told, (onProgress) =>
    runOrder({ seed, operations, workers, scratch: disk, failures, onProgress }),
  );
  const again = `npm run torture -- --part order --operations ${operations} --seed ${seed}`;
  return {
    figures: {
      'operations in order': result.operations,
      'of these without an answer': result.uncertain,
      kills: result.kills,
      'possible states at one time, at most': result.mostConfigurations,
      'operations a second': Math.round((result.operations / result.recordingMs) * 1000),
      'seconds of checking': Math.round(result.checkingMs / 100) / 10,
    },
    violations: result.violations.map(({ where, problems, file }) => ({
      where,
      problems,
      replay: file === undefined ? again : `npm run torture -- --replay ${file}`,
    })),
  };
}

/**
 * @param {PartContext} context
 * @returns {Promise<Found>}
 */
async function runFuzzing({ options, scratch, failures, say }) {
  const { seed, inputs } = options;
  const { wire, pure, violations } = await runFuzz({ seed, inputs, scratch, failures, say });
  const again = `npm run torture -- --part fuzz --inputs ${inputs} --seed ${seed}`;
  return {
    figures: {
      'requests on the wire': wire.inputs,
      'of these answered with success': wire.successes,
      'requests a second': Math.round((wire.inputs / wire.milliseconds) * 1000),
      'answers to others, all the while': wire.sentinels,
      'ms, the slowest of these': wire.slowestSentinelMs,
      "MiB of the server's own memory, at most": wire.mostMemoryMiB,
      'inputs to pure functions': pure.inputs,
    },
    violations: violations.map(({ where, problems, file }) => ({
      where,
      problems,
      replay: file === undefined ? again : `npm run torture -- --replay ${file}`,
    })),
  };
}
