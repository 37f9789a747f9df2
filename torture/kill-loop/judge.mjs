/**
 * @import { Oracle } from '../workload/oracle.mjs'
 */

/**
 * Holds the state in which a subject was found against what the oracle allows. What is found is what it
 * knows from then on.
 * @param {Oracle} oracle
 * @param {string} subject
 * @param {string} state
 * @param {string[]} problems
 */
export function judge(oracle, subject, state, problems) {
  const allowed = oracle.allowed(subject);
  if (!allowed.has(state)) {
    const known = JSON.stringify(oracle.describe(subject));
    problems.push(`${subject} is ${state}; right would be ${[...allowed].join(' or ')}; ${known}`);
  }
  oracle.settle(subject, state);
}
