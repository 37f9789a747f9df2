import { gzipSync } from 'node:zlib';
import { checkOrder } from './check-order.mjs';
import { historyLines, shrinkHistory } from './shrink-history.mjs';

/**
 * @import { RegisterOperation, RegisterState } from './register.mjs'
 */

/**
 * A history that has no order, as a file.
 * @typedef {object} OrderFailure
 * @property {'order'} part
 * @property {string} where
 * @property {string} key
 * @property {readonly string[]} problems
 * @property {readonly RegisterState[]} initial
 * @property {readonly RegisterOperation[]} operations
 */

/**
 * @param {Omit<OrderFailure, 'part'>} failure
 * @returns {Buffer} gzipped JSON
 */
export function orderFailureText(failure) {
  return gzipSync(JSON.stringify({ part: 'order', ...failure }), { level: 1 });
}

/**
 * Checks the history of a failure again.
 * @param {OrderFailure} failure
 * @returns {string[]} what is wrong with it
 */
export function replayOrder({ initial, operations }) {
  if (checkOrder(operations, initial).isOrdered) return [];
  return historyLines(shrinkHistory({ initial, operations }));
}
