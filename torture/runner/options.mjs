import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** The parts of the torture, in the order in which they run. */
export const PARTS = /** @type {const} */ ([
  'self-test',
  'kill-loop',
  'forgetting-disk',
  'metadata-trace',
  'faults',
  'clients',
  'order',
  'fuzz',
  'rot',
]);

/** @typedef {typeof PARTS[number]} Part */

export const HELP = `Kills OpenOSS, takes its disk away and lets clients misbehave, and looks whether it keeps its word.

Usage: npm run torture -- [flags]

Flags:
      --full            the full run: 2,000 kills, 1,000,000 distinct crash states, 1,000,000
                        operations put in order, 1,000,000 requests of the fuzz, 10,000
                        flipped bits, large crowds of clients (default: the short one, 50
                        kills, 50,000 states, 20,000 operations, 30,000 requests, 300 bits)
      --part NAME       only this part; may be given again: ${PARTS.join(', ')}
      --kills N         so many kills
      --states N        so many distinct crash states, in all
      --operations N    so many operations of a history that is checked for its order
      --inputs N        so many requests of the fuzz
      --flips N         so many flipped bits
      --flip N          only this one of the flipped bits (with --part rot and --seed), as a
                        violation names it
      --seed TEXT       what everything is drawn from (default: a new one)
      --workload SEED   only the one workload of this seed (with --part forgetting-disk,
                        metadata-trace or faults), as a violation names it
      --server-workers N  workers of each server in the kill-loop and the order (default: none and
                        three in turn)
      --workers N       processes at a time (default: one for each processor)
      --out DIR         where the report goes (default torture/results); parts that did not run
                        keep there what their last runs said, so parts may be run one by one
      --replay FILE     look at a violation that was kept again, and at nothing else: the disk
                        image, the history, the request
  -h, --help            this text

The kill-loop and the order mostly wait: they run beside the parts that compute (forgetting-disk,
metadata-trace, faults, rot). All others have the machine to themselves, one after another.
Each says every 15 seconds how far it is, and is reported as soon as it is done: a run may be stopped.

Exit status: 0 every rule held; 1 one did not; 2 wrong usage, or it could not run.
`;

/**
 * @typedef {object} TortureOptions
 * @property {boolean} full
 * @property {readonly Part[]} parts
 * @property {number} kills
 * @property {number} states
 * @property {number} operations
 * @property {number} inputs
 * @property {number} flips
 * @property {number | undefined} flip
 * @property {string} seed
 * @property {string | undefined} workload
 * @property {number | undefined} serverWorkers
 * @property {number} workers
 * @property {string | undefined} out
 * @property {string | undefined} replay
 * @property {boolean} help
 */

/** What is wrong with a command line. */
export class UsageError extends Error {}

/**
 * @param {readonly string[]} args
 * @returns {TortureOptions}
 */
export function readOptions(args) {
  const { values } = parse(args);
  const { full = false, part = PARTS } = values;
  const parts = part.map((name) => {
    const known = PARTS.find((candidate) => candidate === name);
    if (known === undefined) throw new UsageError(`there is no part ${name}: ${PARTS.join(', ')}`);
    return known;
  });
  const scale = full
    ? { kills: 2000, states: 1_000_000, operations: 1_000_000, inputs: 1_000_000, flips: 10_000 }
    : { kills: 50, states: 50_000, operations: 20_000, inputs: 30_000, flips: 300 };
  return {
    full,
    parts,
    kills: count('--kills', values.kills, scale.kills),
    states: count('--states', values.states, scale.states),
    operations: count('--operations', values.operations, scale.operations),
    inputs: count('--inputs', values.inputs, scale.inputs),
    flips: count('--flips', values.flips, scale.flips),
    // Counted from 1, as people do.
    flip: values.flip === undefined ? undefined : count('--flip', values.flip, 1) - 1,
    seed: values.seed ?? Math.random().toString(36).slice(2, 8),
    workload: values.workload,
    serverWorkers:
      values['server-workers'] === undefined
        ? undefined
        : count('--server-workers', values['server-workers'], 0, 0),
    workers: count('--workers', values.workers, availableParallelism()),
    out: values.out,
    replay: values.replay,
    help: values.help ?? false,
  };
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        full: { type: 'boolean' },
        part: { type: 'string', multiple: true },
        kills: { type: 'string' },
        states: { type: 'string' },
        operations: { type: 'string' },
        inputs: { type: 'string' },
        flips: { type: 'string' },
        flip: { type: 'string' },
        seed: { type: 'string' },
        workload: { type: 'string' },
        'server-workers': { type: 'string' },
        workers: { type: 'string' },
        out: { type: 'string' },
        replay: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} flag
 * @param {string | undefined} text
 * @param {number} fallback
 * @param {number} [least]
 */
function count(flag, text, fallback, least = 1) {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least) {
    throw new UsageError(`${flag} takes a number from ${least} on, not ${text}`);
  }
  return number;
}
