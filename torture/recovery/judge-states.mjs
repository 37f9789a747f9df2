import { ABSENT } from '../workload/oracle.mjs';
import { inspectImage } from './inspect-image.mjs';

/**
 * @import { CrashState } from '../crash-model/crash-states.mjs'
 * @import { PageStore } from '../crash-model/page-store.mjs'
 * @import { Oracle } from '../workload/oracle.mjs'
 * @import { Inspection, OpenStore } from './inspect-image.mjs'
 */

/**
 * A disk image on which a rule does not hold.
 * @typedef {CrashState & { readonly problems: string[] }} Violation
 */

/**
 * @typedef {object} JudgeOptions
 * @property {PageStore} store
 * @property {Oracle} oracle
 * @property {string} scratch
 * @property {number} inlineLimit
 * @property {number} lanes how many images are open at a time
 * @property {(state: CrashState) => void} [onOpen] told before an image is opened
 * @property {number} [stopAfter] this many violations are enough
 * @property {OpenStore | undefined} [open] the engine, unless told
 */

/**
 * Opens every crash state and holds what is found against what the oracle allows at each moment.
 * @param {Iterable<CrashState>} states
 * @param {JudgeOptions} options
 * @returns {Promise<Violation[]>}
 */
export async function judgeStates(states, options) {
  const { store, oracle, lanes, onOpen, stopAfter = Number.POSITIVE_INFINITY } = options;
  /** @type {Violation[]} */
  const violations = [];
  const queue = states[Symbol.iterator]();
  const work = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const { image, moments } = next.value;
      onOpen?.(next.value);
      const inspection = await inspectImage(store, image, options);
      const problems = problemsOf(inspection, oracle, moments);
      if (problems.length > 0) violations.push({ image, moments, problems });
      if (violations.length >= stopAfter) return;
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return violations;
}

/**
 * @param {Inspection} inspection
 * @param {Oracle} oracle
 * @param {Iterable<number>} moments
 */
function problemsOf({ states, problems }, oracle, moments) {
  // What could not be opened or read says nothing about single objects.
  if (problems.length > 0) return problems;
  const subjects = new Set([...oracle.subjects, ...states.keys()]);
  /** @type {string[]} */
  const mismatches = [];
  for (const moment of moments) {
    for (const subject of subjects) {
      const found = states.get(subject) ?? ABSENT;
      const allowed = oracle.allowed(subject, moment);
      if (allowed.has(found)) continue;
      mismatches.push(
        `at ${moment}, ${subject} is ${found}; right would be ${[...allowed].join(' or ')}`,
      );
    }
  }
  return mismatches;
}
