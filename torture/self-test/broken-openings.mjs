import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedStore } from '@openoss/storage';
import { BUCKET } from '../workload/client-program.mjs';

/**
 * @import { OpenStore } from '../recovery/inspect-image.mjs'
 */

/** Directories that were opened once. @type {Set<string>} */
const opened = new Set();

/**
 * Loses an object when a directory is opened for the second time.
 * @type {OpenStore}
 */
async function losesWhenOpenedAgain(options) {
  const store = await openEmbeddedStore(options);
  if (!opened.has(options.directory)) {
    opened.add(options.directory);
    return store;
  }
  const { objects } = store;
  if ((await objects.getBucket(BUCKET)) === undefined) return store;
  const [first] = (await objects.listObjects(BUCKET, { limit: 1 })).objects;
  if (first !== undefined) await objects.deleteObject(BUCKET, first.key);
  return store;
}

/** What a lock file that is no table of readers can be filled with. */
const RUBBISH = 0x5a;

/**
 * Takes LMDB's lock file at its word.
 * @type {OpenStore}
 */
async function believesLockFile(options) {
  const path = join(options.directory, 'metadata.mdb-lock');
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  if (bytes.length > 0 && bytes.every((byte) => byte === RUBBISH)) {
    throw new Error('a reader of before the crash is waited for');
  }
  return openEmbeddedStore(options);
}

/**
 * Cannot take the lock of a directory that was in use.
 * @type {OpenStore}
 */
async function failsToLock(options) {
  if (options.lock === undefined) throw new Error('the lock is held by nobody');
  return openEmbeddedStore(options);
}

/**
 * Engines that open images badly, each in a way that some images show and others do not: which ones
 * is decided by how the exploration opens them.
 */
export const BROKEN_OPENINGS = {
  'loses something when opened again': losesWhenOpenedAgain,
  "believes what is left of LMDB's lock file": believesLockFile,
  "fails to take its own directory's lock": failsToLock,
};
