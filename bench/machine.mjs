/** @module Where a run ran: figures without it mean nothing. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import path from 'node:path';

/**
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} cores
 * @property {number} memoryBytes
 * @property {string} kernel
 * @property {string} fileSystem of the directory that data is kept in, with its mount options
 * @property {string} disk what is known of the device below
 * @property {number} load of one minute, before the run began: above 0 others were at work
 */

/**
 * @param {string} directory
 * @returns {Machine}
 */
export function describeMachine(directory) {
  const { fileSystem, device } = mountOf(directory);
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()}`,
    fileSystem,
    disk: describeDisk(device),
    load: loadavg()[0] ?? 0,
  };
}

/** Bytes that the file system of a directory has to give. @param {string} directory */
export function freeBytes(directory) {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** The state of the sources: a commit, and whether anything was changed since. */
export function describeCommit() {
  const git = (/** @type {string[]} */ ...args) =>
    spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' });
  const { status, stdout } = git('rev-parse', '--short=12', 'HEAD');
  if (status !== 0) return 'not a git clone';
  const changed = git('status', '--porcelain', '--', '../packages', '../package-lock.json', '.');
  return `${stdout.trim()}${changed.stdout === '' ? '' : ', with changes'}`;
}

/**
 * The mount that a directory is on: the longest mount point above it.
 *
 * @param {string} directory
 * @returns {{ fileSystem: string, device: string }}
 */
function mountOf(directory) {
  let best = { point: '', fileSystem: 'unknown', device: '' };
  for (const line of readText('/proc/mounts').split('\n')) {
    const [device = '', point = '', kind = '', options = ''] = line.split(' ');
    const above = point === '/' || directory === point || directory.startsWith(`${point}/`);
    if (point !== '' && above && point.length >= best.point.length) {
      best = { point, fileSystem: `${kind} (${options})`, device };
    }
  }
  return best;
}

/** @param {string} device such as /dev/sda1 */
function describeDisk(device) {
  const name = path.basename(device);
  // A partition's queue is its disk's.
  const disk = [name, name.replace(/p?\d+$/, '')].find(
    (candidate) => readText(`/sys/block/${candidate}/queue/rotational`) !== '',
  );
  if (disk === undefined) return 'unknown';
  const rotational = readText(`/sys/block/${disk}/queue/rotational`).trim() === '1';
  const cache = readText(`/sys/block/${disk}/queue/write_cache`).trim();
  const model = readText(`/sys/block/${disk}/device/model`).trim();
  return [
    model === '' ? disk : `${model} (${disk})`,
    rotational ? 'says that it rotates' : 'says that it does not rotate',
    ...(cache === '' ? [] : [`write cache: ${cache}`]),
  ].join(', ');
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
