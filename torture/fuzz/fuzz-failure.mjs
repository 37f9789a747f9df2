import { gzipSync } from 'node:zlib';

/** @import { WireInput } from './wire-conversation.mjs' */

/**
 * An input that a server stumbled over, as a file. It is signed anew when it is sent again.
 * @typedef {object} WireFailure
 * @property {'fuzz'} part
 * @property {string} where
 * @property {readonly string[]} problems
 * @property {WireInput} input
 */

/**
 * @param {Omit<WireFailure, 'part'>} failure
 * @returns {Buffer} gzipped JSON
 */
export function wireFailureText(failure) {
  return gzipSync(JSON.stringify({ part: 'fuzz', ...failure }), { level: 1 });
}
