/**
 * What a worker says when its primary was killed before it could report to it. Node says it while it
 * starts, before any code of ours runs: nothing can be done about it, and the worker ends, as it
 * should. Several may talk at the same time, so lines are told apart, not whole texts.
 */
const SIGN = /^ +at cluster\._setupWorker \(node:internal\/cluster\/child:/m;

const LINES = [
  /^node:events:\d+$/,
  /^ +throw er; \/\/ Unhandled 'error' event$/,
  /^ +\^$/,
  /^Error: write EPIPE$/,
  // Frames of Node itself: one of ours would not be covered.
  /^ +at [^/]*node:(internal\/[\w/]+|events):\d+:\d+\)?( \{)?$/,
  /^Emitted 'error' event on Worker instance at:$/,
  /^ +(errno: -32|code: 'EPIPE'),$/,
  /^ +syscall: 'write'$/,
  /^\}$/,
  /^Node\.js v[\d.]+$/,
];

/**
 * The lines of what a server that was killed has written, without those of workers that were just
 * being started.
 * @param {string} log
 * @returns {string[]}
 */
export function linesWithoutOrphans(log) {
  const lines = log.split('\n');
  if (!SIGN.test(log)) return lines;
  return lines.filter((line) => !LINES.some((pattern) => pattern.test(line)));
}
