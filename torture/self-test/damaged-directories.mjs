import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runKillLoop } from '../kill-loop/run-kill-loop.mjs';

/**
 * @import { KillLoopOptions } from '../kill-loop/run-kill-loop.mjs'
 * @import { SelfTestOutcome } from './self-test.mjs'
 */

/** Ways in which a data directory loses what was acknowledged, while its server is not running. */
const DAMAGES = {
  'metadata of an earlier time': rollBack,
  'a blob that is lost': loseBlob,
};

/**
 * Shows that the kill loop finds lost data: damages the data directory between two runs of the
 * server, in each of several ways, side by side.
 * @param {Pick<KillLoopOptions, 'scratch' | 'failures' | 'say'>} options
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* damagedDirectories(options) {
  const loops = Object.entries(DAMAGES).map(async ([name, damage], number) => {
    const scratch = join(options.scratch, `damaged-${number}`);
    const { violations } = await runKillLoop({
      ...options,
      scratch,
      seed: `self-test: ${name}`,
      kills: 20,
      // What is shown is that the loop looks; whose server it is does not matter, and one starts soonest.
      workers: 0,
      patience: 2000,
      betweenRounds: damage(join(scratch, 'earlier')),
    });
    const isRight = violations.length > 0;
    return { name: `the kill loop finds ${name}`, isRight, detail: 'nothing was found' };
  });
  for (const loop of loops) yield await loop;
}

/**
 * @param {string} earlier where the earlier state is kept
 * @returns {(directory: string, round: number) => void}
 */
function rollBack(earlier) {
  return (directory, round) => {
    const metadata = join(directory, 'metadata.mdb');
    if (round === 0) cpSync(metadata, earlier);
    else cpSync(earlier, metadata);
  };
}

/** @returns {(directory: string) => void} */
function loseBlob() {
  return (directory) => {
    const blobs = join(directory, 'blobs');
    const files = readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const { parentPath, name } of files) rmSync(join(parentPath, name));
  };
}
