/** @module What the kernel says of processes. Linux has it in /proc; elsewhere there are no figures. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** The kernel counts CPU time in ticks of this many a second. */
const TICKS_A_SECOND = readTicksASecond();

function readTicksASecond() {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) || 100;
  } catch {
    return 100;
  }
}

/**
 * A process and all that descend from it.
 *
 * @param {readonly number[]} roots
 * @returns {number[]}
 */
export function withDescendants(roots) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const name of entriesOfProc()) {
    const fields = statFields(Number(name));
    if (fields === undefined) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = new Set(roots);
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return [...found];
}

/**
 * The CPU time that processes have used so far, in user and kernel mode, waited-for children included.
 *
 * @param {readonly number[]} pids
 * @returns {number | undefined} seconds, in steps of one tick (10 ms, usually)
 */
export function cpuSeconds(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const fields = statFields(pid);
    if (fields === undefined) return undefined;
    // Fields 14 to 17 of proc_pid_stat(5), counted from the state, which is the third.
    for (const field of fields.slice(11, 15)) ticks += Number(field);
  }
  return ticks / TICKS_A_SECOND;
}

/**
 * @typedef {object} Memory
 * @property {number} resident bytes now
 * @property {number} peak bytes at most, since the start or since {@link resetPeakMemory}
 */

/**
 * The resident memory of a process; what it maps of files counts where it is in memory.
 *
 * @param {number} pid
 * @returns {Memory | undefined} undefined where it is not known, or the process gone
 */
export function memoryOf(pid) {
  let status;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (resident === undefined || peak === undefined) return undefined;
  return { resident: Number(resident) * 1024, peak: Number(peak) * 1024 };
}

/** Makes the peak memory of a process begin anew at what it has now. @param {number} pid */
export function resetPeakMemory(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function entriesOfProc() {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** The fields of /proc/PID/stat from the state on; the name before it may hold blanks. @param {number} pid */
function statFields(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
