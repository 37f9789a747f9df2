import { join } from 'node:path';
import { CAN_LOOK } from '../clients/server-figures.mjs';
import { runRot } from '../rot/run-rot.mjs';
import { boundlessServers } from './boundless-servers.mjs';
import { brokenEngines } from './broken-engines.mjs';
import { crashModelChecks } from './crash-model-checks.mjs';
import { damagedDirectories } from './damaged-directories.mjs';
import { fuzzChecks } from './fuzz-checks.mjs';
import { orderChecks } from './order-checks.mjs';

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
 * @returns {Promise<SelfTestOutcome[]>}
 */
export async function selfTest({ scratch, disk, hasTraces, say }) {
  /** @type {SelfTestOutcome[]} */
  const outcomes = [];
  const failures = join(scratch, 'expected-failures');
  const groups = [
    crashModelChecks(),
    brokenEngines({ scratch, failures, hasTraces }),
    damagedDirectories({ scratch: disk, failures, say: () => {} }),
    ...(CAN_LOOK ? [boundlessServers(disk)] : []),
    orderChecks({ scratch: disk, failures }),
    fuzzChecks({ failures }),
    blindScrub(join(scratch, 'blind')),
  ];
  for (const group of groups) {
    let startedAt = Date.now();
    for await (const outcome of group) {
      outcomes.push(outcome);
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      say(`self-test: ${outcome.isRight ? 'ok' : 'NOT SO'}: ${outcome.name} (${seconds} s)`);
      startedAt = Date.now();
    }
  }
  return outcomes;
}

/**
 * Without the scrub, objects vanish of which nobody is told.
 * @param {string} scratch
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
async function* blindScrub(scratch) {
  const options = { seed: 'self-test', flips: 200, workers: 2, scratch, say: () => {} };
  const { violations } = await runRot({ ...options, isBlind: true });
  const problems = violations.flatMap(({ problems }) => problems);
  yield {
    name: 'flipped bits make objects vanish, of which only the scrub tells',
    isRight: problems.some((problem) => /^nobody was told: .* is gone$/.test(problem)),
    detail: 'nothing vanished',
  };
}
