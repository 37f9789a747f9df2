import { startProgram } from './start-program.mjs';

/**
 * The server that the load generator itself is measured against.
 *
 * @param {number} answerBytes
 * @returns {import('./running-server.mjs').Contestant}
 */
export function fixedAnswer(answerBytes) {
  return {
    name: 'fixed-answer',
    title: 'fixed answer over node:net',
    about: 'counts bytes and answers always the same: the ceiling of the load generator',
    version: () => process.version,
    start: (directory) =>
      startProgram('fixed-answer', 'fixed-answer-server.mjs', directory, [String(answerBytes)]),
  };
}
