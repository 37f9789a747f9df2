import path from 'node:path';
import { runCommand } from '../processes/run-command.mjs';
import { shownCommand } from './shown-command.mjs';

const PROGRAM = path.join(import.meta.dirname, 'programs', 'plain-writer.mjs');

/**
 * What a writer of a file that is no server took.
 *
 * @typedef {object} WriterFigures
 * @property {number} seconds
 * @property {number | undefined} cpuSeconds
 */

/**
 * Something that writes a file and flushes it, to compare servers with.
 *
 * @typedef {object} Writer
 * @property {string} name
 * @property {string} title
 * @property {string} about
 * @property {() => string | undefined} version
 * @property {string} install
 * @property {(file: string, bytes: number) => string} command as the report shows it
 * @property {(file: string, bytes: number) => Promise<WriterFigures>} write a file that is not there yet
 */

/** @type {Writer} */
export const plainWriter = {
  name: 'plain-writer',
  title: 'plain Node writer',
  about: "writes a file with OpenOSS's flush pattern; no network, no hash",
  version: () => process.version,
  install: 'it comes with the benchmark',
  command: (file, bytes) =>
    shownCommand([process.execPath, PROGRAM, file, String(bytes)], path.dirname(file)),

  async write(file, bytes) {
    const { output } = await runCommand([process.execPath, PROGRAM, file, String(bytes)], {
      output: true,
    });
    return JSON.parse(output);
  },
};
