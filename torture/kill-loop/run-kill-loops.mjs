import { join } from 'node:path';
import { noKills, PHASES } from './kill-phases.mjs';
import { runKillLoop } from './run-kill-loop.mjs';

/**
 * @import { KillLoopOptions, KillLoopResult } from './run-kill-loop.mjs'
 */

/** A loop mostly waits, for the disk and for its server to start: meanwhile another goes on. */
const LOOPS = 2;

/**
 * Several kill loops side by side, each with servers, a data directory and an oracle of its own, which
 * share out the kills.
 * @param {Omit<KillLoopOptions, 'betweenRounds'>} options
 * @returns {Promise<KillLoopResult>}
 */
export async function runKillLoops(options) {
  const { seed, kills, scratch, say } = options;
  const results = await Promise.all(
    Array.from({ length: Math.min(LOOPS, kills) }, (_, loop) =>
      runKillLoop({
        ...options,
        seed: `${seed}.${loop}`,
        kills: Math.floor((kills + loop) / LOOPS),
        scratch: join(scratch, `kill-loop-${loop}`),
        say: (line) => say(`${line} (loop ${loop})`),
      }),
    ),
  );
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
    milliseconds: Math.max(...results.map((result) => result.milliseconds)),
    violations: results.flatMap((result) => result.violations),
  };
}
