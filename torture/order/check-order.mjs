import { stateAfter, stateText } from './register.mjs';

/**
 * @import { RegisterOperation, RegisterState } from './register.mjs'
 */

/**
 * What came of a check: the states that the register can be in at the end, or the operation that
 * cannot have happened.
 * @typedef {object} Ordered
 * @property {true} isOrdered
 * @property {RegisterState[]} states
 * @property {number} mostConfigurations
 */
/**
 * @typedef {object} NotOrdered
 * @property {false} isOrdered
 * @property {RegisterOperation} failed at its end no order of the operations was left
 * @property {QuietMoment} quiet the last moment before it at which nothing was in flight
 */
/**
 * @typedef {object} QuietMoment
 * @property {number} time
 * @property {RegisterState[]} states
 */

/** Operations in flight at one time: each has a bit of a set. */
const MOST_IN_FLIGHT = 31;

/** After so many steps without a decision the check gives up: with an error, never with a yes. */
const MOST_STEPS = 20_000_000;

/**
 * Tells whether a history of one register is linearizable: whether each operation can have happened
 * at one moment between its begin and its end, such that each saw what the ones before it had made.
 *
 * The method is Lowe's just-in-time linearization (Testing for linearizability, 2017): the events
 * are gone through in time, with the set of all configurations that are possible. A configuration is
 * a state and the operations in flight that have happened already. An operation is made to happen at
 * the latest when it ends, and before it only what must. Equal configurations are one (the memo of
 * Wing, Gong and Lowe). An operation that changes nothing happens as soon as it can: nothing that
 * comes later can profit from its waiting.
 *
 * @param {readonly RegisterOperation[]} operations
 * @param {readonly RegisterState[]} initial
 * @returns {Ordered | NotOrdered}
 */
export function checkOrder(operations, initial) {
  return new OrderCheck(initial).run(operations);
}

/** @typedef {{ readonly state: RegisterState, readonly happened: number }} Configuration */

class OrderCheck {
  /** @type {Map<string, Configuration>} */
  #configurations = new Map();
  /** By slot. @type {(RegisterOperation | undefined)[]} */
  #inFlight = [];
  #steps = 0;

  /** @param {readonly RegisterState[]} initial */
  constructor(initial) {
    for (const state of initial) this.#add(this.#configurations, { state, happened: 0 });
  }

  /**
   * @param {readonly RegisterOperation[]} operations
   * @returns {Ordered | NotOrdered}
   */
  run(operations) {
    let mostConfigurations = this.#configurations.size;
    let quiet = { time: Number.NEGATIVE_INFINITY, states: this.#states() };
    let flying = 0;
    for (const { time, operation, isBegin } of eventsOf(operations)) {
      if (isBegin) {
        this.#begin(operation);
        flying++;
        continue;
      }
      const left = this.#end(operation);
      if (left.size === 0) return { isOrdered: false, failed: operation, quiet };
      this.#configurations = left;
      mostConfigurations = Math.max(mostConfigurations, left.size);
      flying--;
      if (flying === 0) quiet = { time, states: this.#states() };
    }
    return { isOrdered: true, states: this.#states(), mostConfigurations };
  }

  #states() {
    return [...this.#configurations.values()].map(({ state }) => state);
  }

  /** @param {RegisterOperation} operation */
  #begin(operation) {
    let slot = this.#inFlight.indexOf(undefined);
    if (slot === -1) slot = this.#inFlight.length;
    if (slot === MOST_IN_FLIGHT) throw new Error('Too many operations are in flight at one time');
    this.#inFlight[slot] = operation;
    if (operation.effect.makes !== 'nothing') return;
    /** @type {Map<string, Configuration>} */
    const next = new Map();
    for (const configuration of this.#configurations.values()) this.#add(next, configuration);
    this.#configurations = next;
  }

  /**
   * What is possible when an operation has ended: that it has happened, and for an uncertain one
   * also that it never will.
   * @param {RegisterOperation} ended
   */
  #end(ended) {
    const slot = this.#inFlight.indexOf(ended);
    const bit = 1 << slot;
    /** @type {Map<string, Configuration>} */
    const left = new Map();
    /** @type {Map<string, Configuration>} */
    const seen = new Map(this.#configurations);
    const queue = [...seen.values()];
    this.#inFlight[slot] = undefined;
    if (!ended.isCertain) {
      for (const { state, happened } of queue)
        this.#add(left, { state, happened: happened & ~bit });
    }
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { state, happened } = next;
      if ((happened & bit) !== 0) {
        this.#add(left, { state, happened: happened & ~bit });
        continue;
      }
      if (++this.#steps > MOST_STEPS) throw new Error('The order could not be decided in time');
      const after = stateAfter(state, ended);
      if (after !== undefined) this.#add(left, { state: after, happened });
      // Or something else that is in flight comes before it.
      for (const [other, operation] of this.#inFlight.entries()) {
        if (operation === undefined || (happened & (1 << other)) !== 0) continue;
        const between = stateAfter(state, operation);
        if (between === undefined) continue;
        const reached = { state: between, happened: happened | (1 << other) };
        const added = this.#add(seen, reached);
        if (added !== undefined) queue.push(added);
      }
    }
    return left;
  }

  /**
   * Adds a configuration in which everything has happened that changes nothing and could; returns it
   * when it was not there.
   * @param {Map<string, Configuration>} to
   * @param {Configuration} configuration
   */
  #add(to, { state, happened }) {
    for (const [slot, operation] of this.#inFlight.entries()) {
      if (operation?.effect.makes !== 'nothing' || (happened & (1 << slot)) !== 0) continue;
      if (stateAfter(state, operation) !== undefined) happened |= 1 << slot;
    }
    const key = `${happened} ${stateText(state)}`;
    if (to.has(key)) return undefined;
    const added = { state, happened };
    to.set(key, added);
    return added;
  }
}

/**
 * Begins and ends in time. No two have the same time, but an end at a begin's time comes after it:
 * what touches may overlap.
 * @param {readonly RegisterOperation[]} operations
 */
function eventsOf(operations) {
  const events = operations.flatMap((operation) => [
    { time: operation.begin, operation, isBegin: true },
    { time: operation.end, operation, isBegin: false },
  ]);
  return events.sort((a, b) => a.time - b.time || Number(b.isBegin) - Number(a.isBegin));
}
