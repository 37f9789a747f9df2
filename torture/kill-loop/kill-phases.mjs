import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a server was doing when it was killed, and how a report calls it:
 *  - `load`: it was asked for changes.
 *  - `keys`: it was asked for changes of keys only.
 *  - `sweeping`: nobody asked for anything; blobs that were replaced were still there.
 *  - `idle`: the same, but the sweeper had been faster.
 *  - of a start, by its note in the data directory (see `crash-loop/start-journal.ts` of the server):
 *    `before` it was made, `opening` the metadata, `starting`, `takingUp` (serving, and sweeping what
 *    its predecessors left), `served` when all that was over.
 */
export const KILLS = /** @type {const} */ ({
  load: 'of these under load',
  keys: 'while keys were being made, rotated and named',
  sweeping: 'while sweeping',
  idle: 'when the sweeper was just done',
  before: 'while starting, before the metadata is touched',
  opening: 'while starting, opening the metadata',
  starting: 'while starting, metadata open, sweeper begun',
  takingUp: 'while sweeping what was left before the start',
  served: 'when the start was just over',
});

/** @typedef {keyof typeof KILLS} KillPhase */

export const PHASES = /** @type {KillPhase[]} */ (Object.keys(KILLS));

/** @typedef {Extract<KillPhase, 'before' | 'opening' | 'starting' | 'takingUp'>} StartAim */

/** @typedef {Record<KillPhase, number>} KillCounts */

/** The phases that a start notes, in their order. @type {readonly (readonly [string, KillPhase])[]} */
const NOTED = [
  ['opening metadata', 'opening'],
  ['starting', 'starting'],
  ['sweeping and serving', 'takingUp'],
  ['serving', 'served'],
];

/** @type {readonly KillPhase[]} */
const ORDER = ['before', 'opening', 'starting', 'takingUp', 'served'];

/** A run of so many kills is to have met every phase that matters. */
const ENOUGH_KILLS = 50;

/** @returns {KillCounts} */
export function noKills() {
  return {
    load: 0,
    keys: 0,
    sweeping: 0,
    idle: 0,
    before: 0,
    opening: 0,
    starting: 0,
    takingUp: 0,
    served: 0,
  };
}

/**
 * How far a start has come, by its own note.
 * @param {string} directory
 * @param {number} since when it was begun, in milliseconds since 1970: older notes are of others
 * @returns {KillPhase}
 */
export function startPhase(directory, since) {
  try {
    const { starts } = JSON.parse(readFileSync(join(directory, 'starts.json'), 'utf8'));
    const last = starts.at(-1);
    if (last.at < since) return 'before';
    const noted = NOTED.find(([name]) => name === last.phase);
    if (noted === undefined) throw new Error(`A start says that it is ${last.phase}`);
    return noted[1];
  } catch (error) {
    // None yet.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'before';
    throw error;
  }
}

/**
 * Whether a start has come as far as a phase, or farther.
 * @param {KillPhase} phase
 * @param {StartAim} aim
 */
export function hasReached(phase, aim) {
  return ORDER.indexOf(phase) >= ORDER.indexOf(aim);
}

/**
 * What a run says it did and did not: a run with as many kills as the short form has was to meet a
 * recovery, before and after the metadata is open, keys in the making, and a sweeper at work.
 * @param {KillCounts} counts
 * @returns {string[]}
 */
export function missedPhases(counts) {
  const kills = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (kills === 0) return ['nothing was killed'];
  if (kills < ENOUGH_KILLS) return [];
  const { opening, starting, sweeping, takingUp, keys } = counts;
  const missed = [];
  if (opening === 0) missed.push('no kill came while the metadata was being opened');
  if (starting === 0)
    missed.push('no kill came between the opened metadata and the end of a start');
  if (keys === 0) missed.push('no kill came while keys were being made');
  if (sweeping + takingUp === 0) missed.push('no kill came while something was being swept');
  return missed;
}
