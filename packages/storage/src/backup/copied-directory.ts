import { mkdir, open, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../engine/disk.js';
import { nodeDisk } from '../engine/node-disk.js';
import {
  DataDirectoryRefused,
  isHarmless,
  makeDataDirectory,
  placesIn,
  sealFormat,
} from '../engines/embedded/data-directory.js';

/**
 * A data directory that is being copied together. The first thing in it is a mark that it is not
 * whole, and the last thing done is to take the mark away: with it, every command and the server
 * refuse the directory, after whatever crash.
 */

/**
 * Makes the directory, which must be new or empty, has it filled and seals it. When the filling
 * fails, what was copied is removed again; a process that is killed leaves it, marked.
 */
export async function copyTogether<T>(
  directory: string,
  fill: (path: string) => Promise<T>,
): Promise<T> {
  const path = await begin(directory);
  try {
    const result = await fill(path);
    await seal(path);
    return result;
  } catch (error) {
    await abandon(path);
    throw error;
  }
}

/** Returns the directory's absolute path. */
async function begin(directory: string): Promise<string> {
  const path = await makeDataDirectory(nodeDisk, directory);
  if (!(await readdir(path)).every(isHarmless)) {
    throw new DataDirectoryRefused(path, 'a copy goes into a directory that is new or empty');
  }
  const { unfinished, blobs, metadataLock } = placesIn(path);
  // Of two that come at once, one makes the mark.
  const mark = await open(unfinished, 'wx', 0o600).catch((error: unknown) => {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
    throw new DataDirectoryRefused(path, 'another copy into it is under way');
  });
  try {
    await mark.writeFile('A backup or restore into this directory is under way, or was cut off.\n');
    await mark.sync();
  } finally {
    await mark.close();
  }
  await mkdir(blobs, { mode: 0o700 });
  // LMDB takes an empty file for a new one; made here, it has the right mode from the start.
  await (await open(metadataLock, 'wx', 0o600)).close();
  await nodeDisk.flushDirectory(path);
  return path;
}

/** Says that the directory is whole: everything in it is on stable storage. */
async function seal(path: string): Promise<void> {
  await sealFormat(nodeDisk, path);
  await unlink(placesIn(path).unfinished);
  await nodeDisk.flushDirectory(path);
}

/** Empties the directory, the mark last. */
async function abandon(path: string): Promise<void> {
  const { unfinished } = placesIn(path);
  for (const name of await readdir(path)) {
    const entry = join(path, name);
    if (entry !== unfinished && !isHarmless(name)) await rm(entry, { recursive: true });
  }
  await rm(unfinished, { force: true });
}
