import { checkOrder } from './check-order.mjs';

/**
 * @import { Effect, Observation, RegisterOperation, RegisterState } from './register.mjs'
 */

/**
 * A history that is not linearizable, and the states it can have begun in.
 * @typedef {object} History
 * @property {readonly RegisterState[]} initial
 * @property {readonly RegisterOperation[]} operations
 */

/**
 * The part of a history that shows by itself that the history is not linearizable. Operations are
 * left out only where an order of all of them would be one of the rest too, so that what is left is
 * no accident of leaving out: a put must stay while somebody saw its object.
 * @param {History} history
 * @returns {History}
 */
export function shrinkHistory({ initial, operations }) {
  const found = checkOrder(operations, initial);
  if (found.isOrdered) throw new Error('There is nothing wrong with this history');
  const { failed, quiet } = found;
  const states = quiet.states;
  /** @type {readonly RegisterOperation[]} */
  let rest = operations.filter(({ begin }) => begin > quiet.time && begin <= failed.end);
  // Whose tags play no part need not be kept for them.
  for (const operation of rest) {
    const { saw } = operation;
    if (saw.is !== 'object' || saw.tagged === undefined) continue;
    const weaker = { ...operation, saw: { is: saw.is, etag: saw.etag } };
    const changed = rest.map((other) => (other === operation ? weaker : other));
    if (!checkOrder(changed, states).isOrdered) rest = changed;
  }
  for (let isShorter = true; isShorter; ) {
    isShorter = false;
    for (const operation of rest) {
      const fewer = rest.filter((other) => other !== operation);
      if (!isNeeded(operation, fewer) && !checkOrder(fewer, states).isOrdered) {
        rest = fewer;
        isShorter = true;
      }
    }
  }
  return { initial: states, operations: rest };
}

/**
 * Whether one of the others can have seen what an operation did.
 * @param {RegisterOperation} operation
 * @param {readonly RegisterOperation[]} others
 */
function isNeeded({ effect }, others) {
  if (effect.makes === 'nothing') return false;
  return others.some(({ saw, effect: other }) => sees(saw, effect) || standsOn(other, effect));
}

/**
 * @param {Observation} saw
 * @param {Effect} effect
 */
function sees(saw, effect) {
  switch (saw.is) {
    case 'anything':
      return false;
    case 'absent':
      return effect.makes === 'absent';
    case 'present':
    case 'other':
      return effect.makes === 'object';
    case 'object':
      if (effect.makes === 'tags') return saw.tagged !== undefined;
      return effect.makes === 'object' && effect.etag === saw.etag;
    case 'tags':
      return effect.makes !== 'absent';
  }
}

/**
 * Tags are given to an object that is there.
 * @param {Effect} effect
 * @param {Effect} ground
 */
function standsOn(effect, ground) {
  return effect.makes === 'tags' && ground.makes === 'object';
}

/**
 * A history as lines to be read, in the order of the begins.
 * @param {History} history
 * @returns {string[]}
 */
export function historyLines({ initial, operations }) {
  const sorted = [...operations].sort((a, b) => a.begin - b.begin);
  const zero = sorted[0]?.begin ?? 0;
  const at = (/** @type {number} */ time) => (time - zero).toFixed(3).padStart(9);
  return [
    `at first: ${initial.map((state) => JSON.stringify(state)).join(' or ')}`,
    ...sorted.map(
      ({ begin, end, client, what, isCertain }) =>
        `${at(begin)} to ${at(end)} ms  client ${client}: ${what}${isCertain ? '' : ' (no answer)'}`,
    ),
  ];
}
