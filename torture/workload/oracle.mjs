/** The state of what is not there. */
export const ABSENT = 'absent';

/**
 * A change that was asked for, and what is known of it outside the store.
 * @typedef {object} Intent
 * @property {string} subject what it changes
 * @property {string} result the subject's state if it happened
 * @property {number} begun on the oracle's clock
 * @property {number} ended Infinity until it was answered
 * @property {boolean} refused it was answered with a refusal: it must not have happened
 */

/**
 * @typedef {object} Subject
 * @property {ReadonlySet<string>} initial
 * @property {Intent[]} intents
 * @property {Map<string, number>} excluded states that were seen to have passed, and when
 */

/**
 * Knows from outside what a store may hold: each subject (an object, a bucket, …) has a set of
 * states that are right at a moment, given what was asked for and what was acknowledged by then.
 *
 * An intent's result is right from its beginning on, until another intent that began after this
 * one's end is acknowledged; the state from before is right until anything is acknowledged. Of
 * intents that overlap, each may be the last. What was never answered may have happened late or not
 * at all.
 */
export class Oracle {
  /** @type {Map<string, Subject>} */
  #subjects = new Map();
  #clock = 0;
  #acknowledged = 0;

  /** @param {Iterable<readonly [string, Iterable<string>]>} [initial] states that are right at first */
  constructor(initial = []) {
    for (const [subject, states] of initial) {
      this.#subjects.set(subject, newSubject(states));
    }
  }

  /** Grows with every intent and every answer. */
  get clock() {
    return this.#clock;
  }

  /** How many intents were acknowledged. */
  get acknowledgements() {
    return this.#acknowledged;
  }

  /** @returns {Iterable<string>} */
  get subjects() {
    return this.#subjects.keys();
  }

  /**
   * To be called before the store can know of the intent.
   * @param {string} subject
   * @param {string} result
   * @returns {Intent}
   */
  begin(subject, result) {
    const intent = {
      subject,
      result,
      begun: ++this.#clock,
      ended: Number.POSITIVE_INFINITY,
      refused: false,
    };
    const known = this.#subjects.get(subject);
    if (known === undefined) {
      this.#subjects.set(subject, newSubject([ABSENT], [intent]));
    } else known.intents.push(intent);
    return intent;
  }

  /**
   * The store said that it was done.
   * @param {Intent} intent
   */
  acknowledge(intent) {
    intent.ended = ++this.#clock;
    this.#acknowledged++;
  }

  /**
   * The store said that it was not done.
   * @param {Intent} intent
   */
  refuse(intent) {
    intent.ended = ++this.#clock;
    intent.refused = true;
  }

  /**
   * An answer showed that the subject is not in this state any more, and it will not be again: what
   * is answered is on disk.
   * @param {string} subject
   * @param {string} state
   */
  exclude(subject, state) {
    this.#subjects.get(subject)?.excluded.set(state, ++this.#clock);
  }

  /**
   * The states of a subject that are right for a store that crashed at a moment.
   * @param {string} subject
   * @param {number} [moment] on the clock; now, when it is not given
   * @returns {Set<string>}
   */
  allowed(subject, moment = this.#clock) {
    const known = this.#subjects.get(subject);
    if (known === undefined) return new Set([ABSENT]);
    let lastBegun = 0;
    for (const { begun, ended, refused } of known.intents) {
      if (!refused && ended <= moment) lastBegun = Math.max(lastBegun, begun);
    }
    const states = new Set(lastBegun === 0 ? known.initial : []);
    for (const { begun, ended, refused, result } of known.intents) {
      if (!refused && begun <= moment && ended >= lastBegun) states.add(result);
    }
    for (const [state, since] of known.excluded) if (since <= moment) states.delete(state);
    return states;
  }

  /**
   * Forgets how a subject came to its state: that is known now.
   * @param {string} subject
   * @param {string} state
   */
  settle(subject, state) {
    this.#subjects.set(subject, newSubject([state]));
  }

  /**
   * Forgets a subject.
   * @param {string} subject
   */
  forget(subject) {
    this.#subjects.delete(subject);
  }

  /**
   * What is known of a subject, for a report.
   * @param {string} subject
   */
  describe(subject) {
    const { initial, intents } = this.#subjects.get(subject) ?? newSubject([ABSENT]);
    return { initial: [...initial], intents };
  }
}

/**
 * @param {Iterable<string>} initial
 * @param {Intent[]} [intents]
 * @returns {Subject}
 */
function newSubject(initial, intents = []) {
  return { initial: new Set(initial), intents, excluded: new Map() };
}
