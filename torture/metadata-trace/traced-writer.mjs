/**
 * The program that runs under strace: opens a store in a real directory, lets clients work side by
 * side, and writes to its standard output when each operation begins and how it ends.
 */
import { readFileSync, writeSync } from 'node:fs';
import { replaceRandomBytes, seedRandomBytes } from '../forgetting-disk/seeded-random-bytes.mjs';
import { performOperation } from '../workload/perform-operation.mjs';

/**
 * @import { Operation } from '../workload/client-program.mjs'
 */

/**
 * @typedef {object} WriterTask
 * @property {string} directory
 * @property {number} inlineLimit
 * @property {number} startedAt
 * @property {string} life
 * @property {boolean} endsWell
 * @property {readonly (readonly Operation[])[]} programs
 */

/** @type {WriterTask} */
const task = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const { directory, inlineLimit, life, programs, endsWell } = task;
replaceRandomBytes();
seedRandomBytes(life);
const { openEmbeddedStore } = await import('@openoss/storage');

/** @param {string} mark */
const mark = (mark) => writeSync(1, `${mark}\n`);

/** @type {(details: object, message: string) => void} */
const complain = (details, message) => {
  mark(`problem ${message}: ${'err' in details ? details.err : JSON.stringify(details)}`);
};

let now = task.startedAt;
const store = await openEmbeddedStore({
  directory,
  inlineLimit,
  // A reserve file holds nothing that a crash could lose, and would be most of the trace.
  minFreeBytes: 0,
  clock: () => now++,
  log: { info() {}, warn: complain, error: complain },
});

await Promise.all(
  programs.map(async (program, client) => {
    for (const [at, operation] of program.entries()) {
      mark(`begin ${client} ${at}`);
      try {
        const isDone = await performOperation(store, operation);
        mark(`${isDone ? 'done' : 'refused'} ${client} ${at}`);
      } catch (error) {
        mark(`problem ${operation.kind} of ${operation.subject} failed: ${error}`);
      }
    }
  }),
);
await store.swept();
if (!endsWell) process.exit(0);
await store.close();
