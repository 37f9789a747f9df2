import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRACED } from './system-call-trace.mjs';

/**
 * @import { WriterTask } from './traced-writer.mjs'
 */

const WRITER = join(import.meta.dirname, 'traced-writer.mjs');

/** No write of the workloads has as many bytes. */
const LONGEST_STRING = 8 * 1024 * 1024;

/**
 * Why system calls cannot be recorded here; undefined when they can.
 * @returns {Promise<string | undefined>}
 */
export async function whyNoTraces() {
  if (process.platform !== 'linux') return 'system calls are recorded with strace, on Linux only';
  try {
    await runStrace(['-o', '/dev/null', 'true']);
    return undefined;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing) return 'strace is not installed: run torture/install-tools.sh';
    return `strace may not trace here: ${error instanceof Error ? error.message : error}`;
  }
}

/**
 * Runs a writer under strace to its end; returns what strace wrote.
 * @param {WriterTask} task
 * @param {string} scratch
 * @param {readonly string[]} [nodeArguments]
 */
export async function recordTrace(task, scratch, nodeArguments = []) {
  const taskFile = join(scratch, `task-${process.pid}.json`);
  const traceFile = join(scratch, `trace-${process.pid}.txt`);
  writeFileSync(taskFile, JSON.stringify(task));
  try {
    const strace = ['-f', '-qq', '-xx', '-s', String(LONGEST_STRING), '--seccomp-bpf'];
    const filter = ['-e', `trace=${TRACED.join(',')}`, '-e', 'signal=none', '-o', traceFile];
    const node = [process.execPath, ...nodeArguments, WRITER, taskFile];
    await runStrace([...strace, ...filter, ...node]);
    return readFileSync(traceFile, 'latin1');
  } finally {
    rmSync(taskFile, { force: true });
    rmSync(traceFile, { force: true });
  }
}

/**
 * Runs strace to its end; throws what it complained of. In a process group of its own: a strace that
 * fails sends SIGTERM to its whole group.
 * @param {readonly string[]} args
 */
async function runStrace(args) {
  const child = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const [status, signal] = await once(child, 'close');
  if (status !== 0) throw new Error(`strace ended with ${signal ?? status}: ${complaints.trim()}`);
}
