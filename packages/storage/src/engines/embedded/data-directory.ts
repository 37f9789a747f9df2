import { dirname, join, resolve } from 'node:path';
import { type Disk, hasErrorCode } from '../../engine/disk.js';
import { isLockFile } from './directory-lock.js';
import { isLmdbFile } from './lmdb-file.js';
import { metaProblems } from './lmdb-metas.js';
import { readFully } from './read-fully.js';
import { writeFully } from './write-fully.js';

/** The version of everything in a data directory; a change that old servers cannot read raises it. */
export const DATA_FORMAT = 1;

/**
 * The files of a data directory:
 *
 *     format              which version wrote it; made last, so that with it everything is there
 *     metadata.mdb        LMDB: buckets, records, small bodies, whatever other rooms keep
 *     metadata.mdb-lock   LMDB's table of readers
 *     blobs/              large bodies, a directory for each writer session
 *     reserve             zeros: disk space that deletions get when there is no other (`reserve-file.ts`)
 *     lock-<n>.sock       who uses the directory now (see `directory-lock.ts`)
 *     backup-<hex>/       a copy of the metadata on its way into a backup (see `snapshots.ts`)
 *     unfinished-copy     only in a copy (a backup, a restored directory) that is not whole yet
 */
const FORMAT = 'format';
const NEW_FORMAT = 'format.new';
const METADATA = 'metadata.mdb';
const METADATA_LOCK = 'metadata.mdb-lock';
const BLOBS = 'blobs';
const UNFINISHED = 'unfinished-copy';
const HANDOVER = /^backup-[0-9a-f]{32}$/;

/** LMDB's file before its first commit is at most this large. */
const UNFLUSHED_METADATA_BYTES = 256 * 1024;

/** A fresh file system of its own has this directory, and it is nobody's data. */
const FOREIGN_BUT_HARMLESS = 'lost+found';

/** The directory cannot be used as it is; the message says why. */
export class DataDirectoryRefused extends Error {
  constructor(directory: string, reason: string) {
    super(`The data directory ${directory} cannot be used: ${reason}`);
    this.name = 'DataDirectoryRefused';
  }
}

/** The places in a data directory. */
export interface DataDirectory {
  readonly path: string;
  readonly metadata: string;
  readonly blobs: string;
  /** It has not been in use before: its files are there, and `sealFormat` must follow. */
  readonly isNew: boolean;
}

/**
 * Makes the directory and what leads to it, where missing, and flushes each new entry. Returns its
 * absolute path; refuses a file.
 */
export async function makeDataDirectory(disk: Disk, directory: string): Promise<string> {
  const path = resolve(directory);
  try {
    await makeWithAncestors(disk, path);
    await disk.readDirectory(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOTDIR')) throw new DataDirectoryRefused(path, 'it is a file');
    throw error;
  }
  return path;
}

/** Where things are in a data directory. */
export function placesIn(path: string): {
  readonly path: string;
  readonly metadata: string;
  readonly metadataLock: string;
  readonly blobs: string;
  /** The mark of a copy that is not whole yet. */
  readonly unfinished: string;
} {
  return {
    path,
    metadata: join(path, METADATA),
    metadataLock: join(path, METADATA_LOCK),
    blobs: join(path, BLOBS),
    unfinished: join(path, UNFINISHED),
  };
}

/** Whether a name is that of a directory in which a server hands metadata to a backup. */
export const isHandoverName = (name: string): boolean => HANDOVER.test(name);

/** Whether a name in a directory does not make it any less empty. */
export const isHarmless = (name: string): boolean => name === FOREIGN_BUT_HARMLESS;

/** Removes such a directory with what a server has put into it; one that is gone is fine. */
export async function removeHandover(disk: Disk, path: string): Promise<void> {
  try {
    for (const { name } of await disk.readDirectory(path)) await disk.remove(join(path, name));
    await disk.removeDirectory(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}

/**
 * Refuses a directory that a newer version wrote, without touching it; anything else passes, even
 * one that is not there.
 */
export async function refuseNewerFormat(disk: Disk, directory: string): Promise<void> {
  const path = resolve(directory);
  try {
    await checkFormat(disk, path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
}

/**
 * Refuses a directory that holds no finished data directory of a format this version knows, without
 * touching it.
 */
export async function requireDataDirectory(disk: Disk, path: string): Promise<void> {
  const entries = await disk.readDirectory(path).catch((error: unknown) => {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw new DataDirectoryRefused(path, 'there is no such directory');
  });
  const names = new Set(entries.map(({ name }) => name));
  if (names.has(UNFINISHED)) throw unfinishedCopy(path);
  if (!names.has(FORMAT)) {
    throw new DataDirectoryRefused(path, 'it has no file `format`, so it is none of ours');
  }
  await checkFormat(disk, path);
  const { metadata } = placesIn(path);
  if (!names.has(METADATA) || !(await isLmdbFile(disk, metadata))) {
    throw new DataDirectoryRefused(path, `${METADATA} is missing or damaged`);
  }
  if (!names.has(BLOBS)) throw new DataDirectoryRefused(path, `${BLOBS} is missing`);
}

function unfinishedCopy(path: string): DataDirectoryRefused {
  return new DataDirectoryRefused(
    path,
    'a backup or restore into it was not finished; remove it, and make it again',
  );
}

async function makeWithAncestors(disk: Disk, path: string): Promise<void> {
  try {
    await disk.makeDirectory(path);
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return;
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    await makeWithAncestors(disk, dirname(path));
    return makeWithAncestors(disk, path);
  }
  await disk.flushDirectory(dirname(path));
}

/**
 * Looks at a directory whose lock is held and makes its files where it is new. Refuses a directory
 * of a newer version, one that holds something else, and one whose metadata is gone: then every
 * blob would look like an orphan, and cleaning up would turn a partial loss into a total one.
 */
export async function prepareDataDirectory(disk: Disk, path: string): Promise<DataDirectory> {
  const names = new Map(
    (await disk.readDirectory(path))
      .filter(({ name }) => !isLockFile(name) && name !== FOREIGN_BUT_HARMLESS)
      .map(({ name, kind }) => [name, kind]),
  );
  const places = { path, metadata: join(path, METADATA), blobs: join(path, BLOBS) };
  if (names.has(UNFINISHED)) throw unfinishedCopy(path);
  if (names.has(FORMAT)) {
    await checkFormat(disk, path);
    for (const name of names.keys()) {
      // A backup ended with the server that gave it the metadata.
      if (HANDOVER.test(name)) await removeHandover(disk, join(path, name));
    }
    if (!names.has(METADATA)) {
      throw new DataDirectoryRefused(path, `${METADATA} is missing; restore it from a backup`);
    }
    if (!(await isLmdbFile(disk, places.metadata))) {
      throw new DataDirectoryRefused(path, `${METADATA} is damaged; restore it from a backup`);
    }
    const [problem] = await metaProblems(disk, places.metadata);
    if (problem !== undefined) {
      const { page, what } = problem;
      const reason = `${METADATA} is damaged (page ${page}: ${what}); restore it from a backup`;
      throw new DataDirectoryRefused(path, reason);
    }
    if (names.get(BLOBS) !== 'directory') {
      throw new DataDirectoryRefused(path, `${BLOBS} is missing; restore it from a backup`);
    }
    return { ...places, isNew: false };
  }
  await checkUnused(disk, path, names);
  if (names.has(METADATA) && !(await isWholeLmdbFile(disk, places.metadata))) {
    // A first start was cut off before its first flush. A file that held more is not ours to drop.
    if ((await sizeOf(disk, places.metadata)) > UNFLUSHED_METADATA_BYTES) {
      throw new DataDirectoryRefused(path, `it holds something else (${METADATA})`);
    }
    await disk.remove(places.metadata);
    names.delete(METADATA);
  }
  for (const name of [METADATA, METADATA_LOCK]) {
    // LMDB takes an empty file for a new one; made here, it has the right mode from the start.
    if (!names.has(name)) await (await disk.create(join(path, name))).close();
  }
  if (!names.has(BLOBS)) await disk.makeDirectory(places.blobs);
  await disk.flushDirectory(path);
  return { ...places, isNew: true };
}

/** Says that the directory is whole; the metadata's first commit must be durable by then. */
export async function sealFormat(disk: Disk, path: string): Promise<void> {
  const draft = join(path, NEW_FORMAT);
  const file = await disk.create(draft).catch(async (error: unknown) => {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
    await disk.remove(draft);
    return disk.create(draft);
  });
  try {
    await writeFully(file, Buffer.from(`OpenOSS data directory\nformat ${DATA_FORMAT}\n`), 0);
    await file.flush();
  } finally {
    await file.close();
  }
  await disk.rename(draft, join(path, FORMAT));
  await disk.flushDirectory(path);
}

async function checkFormat(disk: Disk, path: string): Promise<void> {
  const text = await readText(disk, join(path, FORMAT));
  const format = /^OpenOSS data directory\nformat (\d+)\n/.exec(text)?.[1];
  if (format === undefined) {
    throw new DataDirectoryRefused(path, 'its file `format` was not written by OpenOSS');
  }
  if (Number(format) > DATA_FORMAT) {
    throw new DataDirectoryRefused(
      path,
      `it was written by a newer OpenOSS (format ${format}; this version knows ${DATA_FORMAT})`,
    );
  }
}

/** A directory without `format` may be empty, or hold what a start that was killed had made. */
async function checkUnused(
  disk: Disk,
  path: string,
  names: ReadonlyMap<string, string>,
): Promise<void> {
  const ours = new Set([NEW_FORMAT, METADATA, METADATA_LOCK, BLOBS]);
  const foreign = [...names.keys()].find((name) => !ours.has(name));
  if (foreign !== undefined) {
    throw new DataDirectoryRefused(path, `it holds something else (${foreign})`);
  }
  if (names.has(BLOBS) && (await disk.readDirectory(join(path, BLOBS))).length > 0) {
    throw new DataDirectoryRefused(path, 'it holds blobs, but its file `format` is missing');
  }
}

/** Both meta pages are there: the write that makes them is of several pages, and a crash can tear it. */
async function isWholeLmdbFile(disk: Disk, path: string): Promise<boolean> {
  return (await isLmdbFile(disk, path)) && (await metaProblems(disk, path)).length === 0;
}

async function sizeOf(disk: Disk, path: string): Promise<number> {
  const file = await disk.open(path);
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}

async function readText(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path);
  try {
    const bytes = Buffer.alloc(256);
    return bytes.toString('latin1', 0, await readFully(file, bytes, 0));
  } finally {
    await file.close();
  }
}
