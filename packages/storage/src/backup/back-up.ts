import { chmod, lstat, rename, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasErrorCode } from '../engine/disk.js';
import { nodeDisk } from '../engine/node-disk.js';
import { placesIn, requireDataDirectory } from '../engines/embedded/data-directory.js';
import { lockDirectory } from '../engines/embedded/directory-lock.js';
import type { Log } from '../log.js';
import { readManifest, sha256Of, writeManifest } from './backup-manifest.js';
import { copyTogether } from './copied-directory.js';
import { copyFileDurably } from './copy-file.js';
import { type CopyProgress, type Damage, fillDirectory } from './fill-directory.js';

/** What both kinds of backup are told. */
export interface BackUpOptions {
  /** The data directory. */
  readonly source: string;
  /** Where the backup goes: new, or empty. */
  readonly target: string;
  /** A finished backup made before, whose blobs may be shared. */
  readonly previous?: string | undefined;
  /** Copy every blob, even where its file could be shared with the source. */
  readonly copyBlobs: boolean;
  /** Files of the data directory that are taken over if they are there (mode 0600). */
  readonly files: readonly string[];
  /** The version of the program, for the manifest. */
  readonly program: string;
  readonly onDamage: (damage: Damage) => void;
  readonly onProgress?: (progress: CopyProgress) => void;
}

/** What a server that runs has handed over. */
export interface HandedMetadata {
  /** A copy of the metadata, flushed, which may be taken away. */
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  /** Throws when the server does not hold the blobs any more. */
  readonly check: () => void;
}

/** Backs up a data directory that no server uses; takes its lock and changes nothing else in it. */
export async function backUpOffline(options: BackUpOptions, log: Log): Promise<CopyProgress> {
  const source = resolve(options.source);
  await requireDataDirectory(nodeDisk, source);
  const lock = await lockDirectory(source, { log, onLost: () => {} });
  try {
    await checkPrevious(options);
    return await copyTogether(options.target, async (target) => {
      await copyFileDurably(placesIn(source).metadata, placesIn(target).metadata);
      return finish(options, target, { takenAt: Date.now() });
    });
  } finally {
    await lock.release();
  }
}

/** Finishes the backup of a server that runs, from the metadata that it has handed over. */
export async function backUpOnline(
  options: BackUpOptions,
  takeMetadata: () => Promise<HandedMetadata>,
): Promise<CopyProgress> {
  await requireDataDirectory(nodeDisk, resolve(options.source));
  await checkPrevious(options);
  // Whatever can be refused is refused before the server is put to work.
  return copyTogether(options.target, async (target) => {
    const { file, takenAt, check } = await takeMetadata();
    await moveFile(file, placesIn(target).metadata);
    return finish(options, target, { takenAt, check });
  });
}

async function checkPrevious({ previous }: BackUpOptions): Promise<void> {
  if (previous === undefined) return;
  await requireDataDirectory(nodeDisk, resolve(previous));
  await readManifest(resolve(previous));
}

/** Moves a flushed file, also to another file system; the directories are the caller's to flush. */
async function moveFile(from: string, to: string): Promise<void> {
  // Root must not be led to a file of somebody else's by who may only write to the data directory.
  if (!(await lstat(from)).isFile()) throw new Error(`${from} is not a file`);
  try {
    await rename(from, to);
    await chmod(to, 0o600);
  } catch (error) {
    if (!hasErrorCode(error, 'EXDEV')) throw error;
    await copyFileDurably(from, to);
    await unlink(from);
  }
}

async function finish(
  options: BackUpOptions,
  target: string,
  { takenAt, check }: Pick<HandedMetadata, 'takenAt'> & { readonly check?: () => void },
): Promise<CopyProgress> {
  const source = resolve(options.source);
  const { metadata } = placesIn(target);
  const { previous, copyBlobs, onDamage, onProgress } = options;
  const copied = await fillDirectory({
    directory: target,
    source: placesIn(source).blobs,
    previous: previous === undefined ? undefined : placesIn(resolve(previous)).blobs,
    share: !copyBlobs,
    onDamage,
    onProgress,
    check,
  });
  await copyFiles(source, target, options.files);
  const file = await nodeDisk.open(metadata);
  const bytes = await file.size().finally(() => file.close());
  await writeManifest(target, {
    program: options.program,
    source,
    takenAt,
    finishedAt: Date.now(),
    buckets: copied.buckets,
    objects: copied.objects,
    bytes: copied.bytes,
    blobs: copied.blobs,
    damaged: copied.damaged,
    metadata: { bytes, sha256: await sha256Of(metadata) },
  });
  return copied;
}

/** Copies small files that may be there or not. */
export async function copyFiles(
  source: string,
  target: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    try {
      await copyFileDurably(join(source, name), join(target, name));
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }
}
