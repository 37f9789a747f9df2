import { join } from 'node:path';
import { noKills, PHASES } from './kill-phases.mjs';
import { runKillLoop } from './run-kill-loop.mjs';

/**
 * @import { KillLoopOptions, KillLoopResult } from './run-kill-loop.mjs'
 */

/** A loop mostly waits, for the disk and for its server to start: meanwhile another goes on. */
const LOOPS = 2;

/**
 * How many kills each loop has to do: all together so many, and no loop none.
 * @param {number} kills
 */
export function sharesOf(kills) {
  const loops = Math.min(LOOPS, kills);
  return Array.from({ length: loops }, (_, loop) => Math.floor((kills + loop) / loops));
}

/**
 * Several kill loops side by side, each with servers, a data directory and an oracle of its own, which
 * share out the kills. When one cannot go on the others end as well.
 * @param {Omit<KillLoopOptions, 'betweenRounds' | 'isEnough'>} options
 * @returns {Promise<KillLoopResult>}
 */
export async function runKillLoops(options) {
  const { seed, kills, scratch, onProgress } = options;
  /** By loop. @type {number[]} */
  const done = [];
  let hasFailed = false;
  const settled = await Promise.allSettled(
    sharesOf(kills).map((share, loop) =>
      runKillLoop({
        ...options,
        seed: `${seed}.${loop}`,
        kills: share,
        scratch: join(scratch, `kill-loop-${loop}`),
        onProgress(count) {
          done[loop] = count;
          onProgress?.(done.reduce((total, each) => total + each, 0));
        },
        isEnough: () => hasFailed,
      }).catch((error) => {
        hasFailed = true;
        throw error;
      }),
    ),
  );
  const results = settled.map((loop) => {
    if (loop.status === 'rejected') throw loop.reason;
    return loop.value;
  });
  const killsBy = noKills();
  for (const phase of PHASES) {
    for (const result of results) killsBy[phase] += result.killsBy[phase];
  }
  /** @param {(result: KillLoopResult) => number} figure */
  const sum = (figure) => results.reduce((total, result) => total + figure(result), 0);
  return {
    kills: sum((result) => result.kills),
    killsBy,
    verifications: sum((result) => result.verifications),
    acknowledged: sum((result) => result.acknowledged),
    keys: sum((result) => result.keys),
    milliseconds: Math.max(...results.map((result) => result.milliseconds)),
    violations: results.flatMap((result) => result.violations),
  };
}
