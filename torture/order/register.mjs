/**
 * What one key of a bucket is, for the check of order: a register that is empty or holds an object.
 * Objects are told apart by their ETags, of which no two puts of a history make the same.
 */

/**
 * @typedef {object} HeldObject
 * @property {string} etag
 * @property {string} tags as a query string; empty for none
 */

/** @typedef {HeldObject | null} RegisterState null: nothing is there */

/**
 * What an operation has seen: the state at the moment at which it happened must be so.
 * @typedef {{ readonly is: 'anything' }
 *   | { readonly is: 'absent' }
 *   | { readonly is: 'present' }
 *   | { readonly is: 'object', readonly etag: string, readonly tagged?: boolean }
 *   | { readonly is: 'other', readonly etag: string }
 *   | { readonly is: 'tags', readonly tags: string }} Observation
 *   `object`: this one, with tags or without, where that was told; `other`: any but this one;
 *   `tags`: an object with these
 */

/**
 * What an operation makes of the state.
 * @typedef {{ readonly makes: 'nothing' }
 *   | { readonly makes: 'absent' }
 *   | { readonly makes: 'object', readonly etag: string, readonly tags: string }
 *   | { readonly makes: 'tags', readonly tags: string }} Effect
 */

/**
 * One operation on one key, as a client saw it.
 * @typedef {object} RegisterOperation
 * @property {number} client
 * @property {string} what it was, to be read by people
 * @property {number} begin in milliseconds of one clock that never stands still
 * @property {number} end of an operation of which nobody knows whether it happened: when the server
 *   was dead, for after that it cannot happen any more
 * @property {boolean} isCertain the answer came
 * @property {Observation} saw of an uncertain operation: what must be so for it to have an effect
 * @property {Effect} effect
 */

/**
 * The state after an operation; undefined where it cannot happen in this state.
 * @param {RegisterState} state
 * @param {Pick<RegisterOperation, 'saw' | 'effect'>} operation
 * @returns {RegisterState | undefined}
 */
export function stateAfter(state, { saw, effect }) {
  if (!isSeen(state, saw)) return undefined;
  switch (effect.makes) {
    case 'nothing':
      return state;
    case 'absent':
      return null;
    case 'object':
      return { etag: effect.etag, tags: effect.tags };
    case 'tags':
      return state === null ? undefined : { etag: state.etag, tags: effect.tags };
  }
}

/**
 * @param {RegisterState} state
 * @param {Observation} saw
 */
function isSeen(state, saw) {
  switch (saw.is) {
    case 'anything':
      return true;
    case 'absent':
      return state === null;
    case 'present':
      return state !== null;
    case 'object':
      return (
        state?.etag === saw.etag && (saw.tagged === undefined || saw.tagged === (state.tags !== ''))
      );
    case 'other':
      return state !== null && state.etag !== saw.etag;
    case 'tags':
      return state?.tags === saw.tags;
  }
}

/** @param {RegisterState} state */
export function stateText(state) {
  return state === null ? 'nothing' : `${state.etag}${state.tags === '' ? '' : `, ${state.tags}`}`;
}
