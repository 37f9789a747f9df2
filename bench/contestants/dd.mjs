import path from 'node:path';
import { runCommand } from '../processes/run-command.mjs';
import { installedVersion } from './installed.mjs';
import { shownCommand } from './shown-command.mjs';

const BLOCK_BYTES = 1024 * 1024;

/** @type {import('./plain-writer.mjs').Writer} */
export const dd = {
  name: 'dd',
  title: 'dd conv=fdatasync',
  about: 'writes zeros to a file on the same disk, flushed once at the end',
  version: () => installedVersion('dd', ['--version'], /(\d[\d.]+)/),
  install: 'it comes with coreutils',
  command: (file, bytes) => shownCommand(['dd', ...argumentsOf(file, bytes)], path.dirname(file)),

  async write(file, bytes) {
    const figures = await runCommand(['dd', ...argumentsOf(file, bytes)], { look: true });
    return { seconds: figures.milliseconds / 1000, cpuSeconds: figures.cpuSeconds };
  },
};

/**
 * @param {string} file
 * @param {number} bytes
 */
function argumentsOf(file, bytes) {
  return [
    'if=/dev/zero',
    `of=${file}`,
    `bs=${BLOCK_BYTES}`,
    `count=${Math.ceil(bytes / BLOCK_BYTES)}`,
    'conv=fdatasync',
  ];
}
