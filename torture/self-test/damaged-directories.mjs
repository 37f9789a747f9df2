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
 * server, in each of several ways.
 * @param {Pick<KillLoopOptions, 'scratch' | 'failures' | 'say'>} options
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* damagedDirectories(options) {
  for (const [name, damage] of Object.entries(DAMAGES)) {
    const { violations } = await runKillLoop({
      ...options,
      seed: `self-test: ${name}`,
      kills: 20,
      betweenRounds: damage(join(options.scratch, 'earlier')),
    });
    const isRight = violations.length > 0;
    yield { name: `the kill loop finds ${name}`, isRight, detail: 'nothing was found' };
  }
}

/**
 * @param {string} earlier where the earlier state is kept
 * @returns {(directory: string, round: number) => void}
 */
function rollBack(earlier) {
  return (directory, round) => {
    const metadata = join(directory, 'metadata.mdb');
    if (round === 2) cpSync(metadata, earlier);
    if (round !== 4) return;
    cpSync(earlier, metadata);
    rmSync(earlier);
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
