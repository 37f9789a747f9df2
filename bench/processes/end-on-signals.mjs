import { rmSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * Has Ctrl-C and SIGTERM end the program through `process.exit`, so that neither servers (see
 * `launch.mjs`) nor their data are left behind.
 *
 * @param {string} directory removed at the end, however it comes
 */
export function endOnSignals(directory) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => {
      process.stderr.write(`bench: ended by ${signal}\n`);
      // The exit status of a program that a signal ended, as shells have it.
      process.exit(128 + constants.signals[signal]);
    });
  }
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
}
