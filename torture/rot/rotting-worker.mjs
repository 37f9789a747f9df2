import { closeSync, cpSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { checkDataDirectory } from '@openoss/storage';
import { KeyringSealing } from './keyring-sealing.mjs';
import { compare, openSubject } from './rot-subject.mjs';

/**
 * @import { Flip } from './rot-plan.mjs'
 * @import { Differences, Expected } from './rot-subject.mjs'
 */

/**
 * @typedef {object} RotJob
 * @property {string} source the healthy data directory
 * @property {string} scratch where the damaged one is made
 * @property {Expected} expected
 * @property {Flip} flip
 */

/**
 * What came of a flip.
 * @typedef {object} RotReport
 * @property {string | undefined} refused why the store did not open
 * @property {Differences | undefined} differences what reading gave
 * @property {number} counted how often reading counted damage
 * @property {string[] | undefined} scrubbed what the scrub found; undefined when it failed
 * @property {string | undefined} scrubFailed
 * @property {string[]} checked what `openoss fsck` found, or said
 */

/**
 * @param {RotJob} job
 * @returns {Promise<RotReport>}
 */
async function rot({ source, scratch, expected, flip }) {
  rmSync(scratch, { recursive: true, force: true });
  // The socket of a lock that was released stays, and cannot be copied.
  cpSync(source, scratch, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  flipBit(join(scratch, flip.file), flip);
  /** @type {RotReport} */
  const report = {
    refused: undefined,
    differences: undefined,
    counted: 0,
    scrubbed: undefined,
    scrubFailed: undefined,
    checked: [],
  };
  try {
    // Before the store, which may change what it opens.
    await checkDataDirectory({
      directory: scratch,
      onFinding: ({ kind, what }) => void report.checked.push(`${kind}: ${what}`),
    });
  } catch (error) {
    report.checked.push(String(error));
  }
  // What was found so far is known even if the process ends now.
  process.send?.({ so: 'far', checked: report.checked });
  let store;
  try {
    store = await openSubject(scratch);
  } catch (error) {
    return { ...report, refused: String(error) };
  }
  let keyring;
  try {
    keyring = await KeyringSealing.open(store);
  } catch (error) {
    // The server that opens it does not start.
    await store.close();
    return { ...report, refused: String(error) };
  }
  try {
    report.differences = await compare(store, keyring, expected);
    report.counted = store.counters.corruptRecords + store.counters.corruptBlobs;
    /** @type {string[]} */
    const scrubbed = [];
    try {
      await store.scrub({
        repair: 'none',
        onFinding: ({ kind, what }) => void scrubbed.push(`${kind}: ${what}`),
      });
      report.scrubbed = scrubbed;
    } catch (error) {
      report.scrubFailed = String(error);
    }
  } finally {
    await keyring.close();
    await store.close();
  }
  return report;
}

/** @param {string} path @param {Flip} flip */
function flipBit(path, { at, bit }) {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  writeSync(file, Buffer.of((byte[0] ?? 0) ^ (1 << bit)), 0, 1, at);
  closeSync(file);
}

process.on('message', (/** @type {RotJob} */ job) => {
  rot(job).then(
    (report) => process.send?.({ report }),
    (error) => process.send?.({ failed: String(error?.stack ?? error) }),
  );
});
