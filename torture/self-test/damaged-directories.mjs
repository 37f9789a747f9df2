import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runKillLoop } from '../kill-loop/run-kill-loop.mjs';

/**
 * @import { KillLoopOptions } from '../kill-loop/run-kill-loop.mjs'
 * @import { SelfTestOutcome } from './self-test.mjs'
 */

/**
 * Ways in which a data directory loses what was acknowledged, while its server is not running, and
 * what is to be found of each: not merely something, for a sweeper that is slow is found as well.
 */
const DAMAGES = {
  'metadata of an earlier time': {
    damage: rollBack,
    finds: /^(object torture\S*|key key of writer .*) is .*; right would be /,
  },
  'a blob that is lost': {
    damage: loseBlob,
    finds: /^object torture\S* cannot be read: 500 /,
  },
};

/** A damage may be to nothing that counts: there are more rounds. */
const DAMAGED_KILLS = 20;

/** So many kills show as well that nothing is found where nothing is damaged. */
const SOUND_KILLS = 6;

/** How long the sweepers may take that work beside all the rest of the self-test, in milliseconds. */
const PATIENCE_MS = 8000;

/**
 * Shows that the kill loop finds lost data: damages the data directory between two runs of the
 * server, in each of several ways, side by side, and beside them one that is left alone.
 * @param {Pick<KillLoopOptions, 'scratch' | 'failures'>} options
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* damagedDirectories(options) {
  /**
   * @param {string} name
   * @param {number} kills
   * @param {(earlier: string) => NonNullable<KillLoopOptions['betweenRounds']>} damage
   */
  const problemsOf = async (name, kills, damage) => {
    const scratch = join(options.scratch, `damaged-${name.replaceAll(' ', '-')}`);
    const { violations } = await runKillLoop({
      ...options,
      scratch,
      seed: `self-test: ${name}`,
      kills,
      // What is shown is that the loop looks; whose server it is does not matter, and one starts soonest.
      workers: 0,
      patience: PATIENCE_MS,
      betweenRounds: damage(join(scratch, 'earlier')),
    });
    return violations.flatMap(({ problems }) => problems);
  };
  const loops = Object.entries(DAMAGES).map(async ([name, { damage, finds }]) => {
    const problems = await problemsOf(name, DAMAGED_KILLS, damage);
    return {
      name: `the kill loop finds ${name}`,
      isRight: problems.some((problem) => finds.test(problem)),
      detail: `it found ${problems.join('; ') || 'nothing'}`,
    };
  });
  const control = problemsOf('nothing', SOUND_KILLS, () => () => {}).then((problems) => ({
    name: 'the kill loop finds nothing where nothing is damaged',
    isRight: problems.length === 0,
    detail: problems.join('; '),
  }));
  for (const loop of [...loops, control]) yield await loop;
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
