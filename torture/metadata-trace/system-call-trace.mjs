/**
 * Reads what strace wrote with `-f -xx`: one line a system call, or two where another thread came in
 * between.
 */

/**
 * @typedef {object} SystemCall
 * @property {'enter' | 'exit'} edge
 * @property {string} thread
 * @property {string} name
 * @property {string} args as strace shows them, strings in hexadecimal
 * @property {number} result of an exit: what the call returned, negative for a failure
 */

/** The system calls that have to do with files, and those that would get past this. */
export const TRACED = [
  ...['open', 'openat', 'openat2', 'creat', 'close', 'dup', 'dup2', 'dup3'],
  ...['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'lseek'],
  ...['ftruncate', 'truncate', 'fallocate', 'copy_file_range', 'sendfile', 'splice'],
  ...['fdatasync', 'fsync', 'msync', 'sync_file_range', 'sync', 'syncfs', 'mmap'],
  ...['mkdir', 'mkdirat', 'rmdir', 'rename', 'renameat', 'renameat2'],
  ...['unlink', 'unlinkat', 'link', 'linkat', 'symlink', 'symlinkat'],
  ...['io_uring_setup', 'io_uring_enter'],
];

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)/s;
const ENTERED = /^(\d+) +(\w+)\((.*?),? <unfinished \.\.\.>$/s;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>.*\) += (-?\d+|0x[0-9a-f]+|\?)/s;

/**
 * @param {string} text
 * @returns {Generator<SystemCall, void, undefined>}
 */
export function* systemCalls(text) {
  /** The arguments of calls that have not returned, by thread. @type {Map<string, string>} */
  const open = new Map();
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? text.length : end);
    start = end === -1 ? text.length : end + 1;
    if (line.endsWith('<unfinished ...>')) {
      const [, thread = '', name = '', args = ''] = ENTERED.exec(line) ?? fail(line);
      open.set(thread, args);
      yield { edge: 'enter', thread, name, args, result: 0 };
      continue;
    }
    const resumed = RESUMED.exec(line);
    if (resumed !== null) {
      const [, thread = '', name = '', result = ''] = resumed;
      const args = open.get(thread) ?? '';
      open.delete(thread);
      yield { edge: 'exit', thread, name, args, result: Number(result) };
      continue;
    }
    const whole = WHOLE.exec(line);
    if (whole === null) {
      // A process or thread that ended.
      if (/^\d+ +(\+\+\+|---|<\.\.\. )/.test(line) || line === '') continue;
      fail(line);
      continue;
    }
    const [, thread = '', name = '', args = '', result = ''] = whole;
    yield { edge: 'enter', thread, name, args, result: 0 };
    yield { edge: 'exit', thread, name, args, result: Number(result) };
  }
}

/**
 * The strings among a call's arguments, in their order.
 * @param {string} args
 * @returns {Buffer[]}
 */
export function stringArguments(args) {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g)].map(([, escaped = '', cut]) => {
    if (cut !== undefined) throw new Error('strace has cut a string off');
    return Buffer.from(escaped.replaceAll('\\x', ''), 'hex');
  });
}

/**
 * The number that a call's first argument is.
 * @param {string} args
 */
export function firstNumber(args) {
  return Number.parseInt(args, 10);
}

/**
 * The number that a call's last argument is.
 * @param {string} args
 */
export function lastNumber(args) {
  return Number(args.slice(args.lastIndexOf(',') + 1));
}

/**
 * @param {string} line
 * @returns {never}
 */
function fail(line) {
  throw new Error(`strace said what is not understood: ${line.slice(0, 200)}`);
}
