import { join } from 'node:path';
import { CAN_LOOK } from '../clients/server-figures.mjs';
import { runRot } from '../rot/run-rot.mjs';
import { Progress } from '../runner/progress.mjs';
import { boundlessServers } from './boundless-servers.mjs';
import { brokenEncryption } from './broken-encryption.mjs';
import { brokenEngines } from './broken-engines.mjs';
import { crashModelChecks } from './crash-model-checks.mjs';
import { damagedDirectories } from './damaged-directories.mjs';
import { fuzzChecks } from './fuzz-checks.mjs';
import { killLoopChecks } from './kill-loop-checks.mjs';
import { orderChecks } from './order-checks.mjs';
import { scheduleChecks } from './schedule-checks.mjs';
import { stoppedRun } from './stopped-run.mjs';

/** @import { RotResult } from '../rot/run-rot.mjs' */

/**
 * @typedef {object} SelfTestOutcome
 * @property {string} name what must be so
 * @property {boolean} isRight
 * @property {string} [detail] what is so instead
 */

/**
 * Shows that the torture can fail: its model says what it should, and engines, disks and data
 * directories that are broken on purpose are found out.
 * @param {object} options
 * @param {string} options.scratch in memory, where possible
 * @param {string} options.disk a directory on a real disk
 * @param {boolean} options.hasTraces system calls can be recorded
 * @param {(line: string) => void} options.say
 * @returns {Promise<SelfTestOutcome[]>} in the order in which they were seen
 */
export async function selfTest({ scratch, disk, hasTraces, say }) {
  /** @type {SelfTestOutcome[]} */
  const outcomes = [];
  const failures = join(scratch, 'expected-failures');
  const startedAt = Date.now();
  const progress = new Progress({ part: 'self-test', unit: 'checks', say });
  /** @param {AsyncGenerator<SelfTestOutcome, void, undefined> | Iterable<SelfTestOutcome>} group */
  const takeIn = async (group) => {
    for await (const outcome of group) {
      progress.reached(outcomes.push(outcome));
      const at = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
      say(`self-test: ${outcome.isRight ? 'ok' : 'NOT SO'}: ${outcome.name} (${at})`);
    }
  };
  try {
    await takeIn(crashModelChecks());
    await takeIn(killLoopChecks());
    await takeIn(scheduleChecks());
    // These mostly wait for servers.
    await Promise.all([
      takeIn(brokenEngines({ scratch, failures, hasTraces })),
      takeIn(damagedDirectories({ scratch: disk, failures })),
      takeIn(brokenEncryption({ scratch: disk, failures })),
      takeIn(CAN_LOOK ? boundlessServers(disk) : []),
      takeIn(orderChecks({ scratch: disk, failures })),
      takeIn(CAN_LOOK ? stoppedRun(disk) : []),
    ]);
    // And these hold up the process, or are about how long something takes.
    await takeIn(fuzzChecks({ failures }));
    await takeIn(blindScrub(join(scratch, 'blind')));
    await takeIn(lateAnswers(join(scratch, 'late')));
  } finally {
    progress.close();
  }
  return outcomes;
}

/**
 * Without the scrub, objects vanish of which nobody is told.
 * @param {string} scratch
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
async function* blindScrub(scratch) {
  /** @param {RotResult} result */
  const hasVanished = ({ violations }) =>
    violations
      .flatMap(({ problems }) => problems)
      .some((problem) => /^nobody was told: .* is gone$/.test(problem));
  const options = { seed: 'self-test', flips: 200, workers: 2, scratch };
  const result = await runRot({ ...options, isBlind: true, isEnough: hasVanished });
  yield {
    name: 'flipped bits make objects vanish, of which only the scrub tells',
    isRight: hasVanished(result),
    detail: 'nothing vanished',
  };
}

/**
 * What was only late is judged by what it answers when it is alone; what is late then hangs.
 * @param {string} scratch
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
async function* lateAnswers(scratch) {
  const options = { seed: 'self-test', flips: 3, workers: 2, scratch };
  const late = await runRot({ ...options, patience: { beside: 0, alone: 20_000 } });
  const hanging = await runRot({ ...options, patience: { beside: 0, alone: 0 } });
  yield {
    name: 'a flip that is only late beside others is not said to hang',
    isRight: late.outcomes.hang === 0 && hanging.outcomes.hang === options.flips,
    detail: `of ${options.flips}, ${late.outcomes.hang} hung; with no time at all, ${hanging.outcomes.hang}`,
  };
}
