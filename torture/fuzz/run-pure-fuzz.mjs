import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { SeededRandom } from '../workload/seeded-random.mjs';
import { checkNothingElse, PURE_TARGETS } from './pure-targets.mjs';

/**
 * @import { PureTarget } from './pure-targets.mjs'
 */

/**
 * @typedef {object} PureFuzzResult
 * @property {number} inputs
 * @property {number} milliseconds
 * @property {{ readonly where: string, readonly problems: string[], readonly file: string }[]} violations
 */

/**
 * An input that a function stumbled over, as a file.
 * @typedef {object} PureFailure
 * @property {'pure-fuzz'} part
 * @property {string} where
 * @property {readonly string[]} problems
 * @property {string} target by name
 * @property {string} inputSeed
 */

/** How long one input may take, in milliseconds. */
const LONGEST_MS = 10;

/** Neither a clock nor the processor’s time tells a slow function from a machine that does something else: the best of so many. */
const ATTEMPTS = 5;

const ENOUGH_VIOLATIONS = 5;
const INPUTS_OF_A_TURN = 200;

/**
 * Gives the pure functions of the protocol inputs of all kinds, in this process.
 * @param {object} options
 * @param {string} options.seed
 * @param {number} options.inputs
 * @param {string} options.failures
 * @param {readonly PureTarget[]} [options.targets]
 * @param {(inputs: number) => void} [options.onProgress] told how many were given
 * @returns {Promise<PureFuzzResult>}
 */
export async function runPureFuzz(options) {
  const { seed, inputs, failures, targets = PURE_TARGETS, onProgress } = options;
  const startedAt = performance.now();
  /** @type {PureFuzzResult['violations']} */
  const violations = [];
  let number = 0;
  for (; number < inputs && violations.length < ENOUGH_VIOLATIONS; number++) {
    if (number % INPUTS_OF_A_TURN === 0) {
      // Timers and signals get their turn.
      await nextTurn();
      onProgress?.(number);
    }
    const target = /** @type {PureTarget} */ (targets[number % targets.length]);
    const inputSeed = `${seed} ${number}`;
    const problem = problemOf(target, inputSeed);
    if (problem === undefined) continue;
    const where = `${target.name}, input ${inputSeed}`;
    const file = join(failures, `fuzz-${inputSeed.replaceAll(' ', '-')}.json.gz`);
    const failure = {
      part: 'pure-fuzz',
      where,
      problems: [problem],
      target: target.name,
      inputSeed,
    };
    mkdirSync(failures, { recursive: true });
    writeFileSync(file, gzipSync(JSON.stringify(failure)));
    violations.push({ where, problems: [problem], file });
  }
  return { inputs: number, milliseconds: performance.now() - startedAt, violations };
}

/**
 * @param {PureTarget} target
 * @param {string} inputSeed all that an input is drawn from
 * @returns {string | undefined}
 */
function problemOf(target, inputSeed) {
  let fastest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const act = target.prepare(new SeededRandom(`pure fuzz ${inputSeed}`));
    const startedAt = performance.now();
    const before = process.cpuUsage();
    try {
      checkNothingElse(act);
    } catch (error) {
      return error instanceof Error ? error.stack : String(error);
    }
    const { user, system } = process.cpuUsage(before);
    fastest = Math.min(fastest, performance.now() - startedAt, (user + system) / 1000);
    if (fastest <= LONGEST_MS) return undefined;
  }
  return `it takes ${fastest.toFixed(1)} ms`;
}

/**
 * Looks at the input of a failure again; returns what is wrong now.
 * @param {PureFailure} failure
 * @returns {string[]}
 */
export function replayPureFuzz({ target: name, inputSeed }) {
  const target = PURE_TARGETS.find((candidate) => candidate.name === name);
  if (target === undefined) return [`there is nothing called ${name} any more`];
  const problem = problemOf(target, inputSeed);
  return problem === undefined ? [] : [problem];
}
