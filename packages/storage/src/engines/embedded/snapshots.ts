import { dirname, join } from 'node:path';
import type { Disk } from '../../engine/disk.js';
import { isHandoverName, placesIn, removeHandover } from './data-directory.js';
import type { FileBlobs } from './file-blobs.js';
import type { LmdbMetadata } from './lmdb-metadata.js';

/**
 * What has to stay free when the metadata was copied: the copy must not be what makes LMDB meet a
 * full disk, which it does not survive.
 */
const SPARE_BYTES = 128 * 1024 * 1024;

/** Under this name the copy of the metadata is in its handover directory. */
export const HANDED_METADATA = 'metadata.mdb';

/** One moment of the store, held for a backup. */
export interface Snapshot {
  /** The copy of the metadata, flushed; whoever asked may take the file away. */
  readonly metadata: string;
  readonly bytes: number;
  /** Milliseconds since 1970: everything acknowledged before is in it. */
  readonly takenAt: number;
  /** Resolves when the blobs are no longer held because the store was closed. */
  readonly ended: Promise<void>;
  /** Lets blobs be deleted again, and removes the handover directory. May be called again. */
  release(): Promise<void>;
}

/** A snapshot cannot be taken as asked; the message says why. */
export class SnapshotRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'SnapshotRefused';
  }
}

export interface SnapshotsOptions {
  /** The data directory. */
  readonly path: string;
  readonly disk: Disk;
  readonly metadata: LmdbMetadata;
  readonly blobs: FileBlobs;
  readonly clock: () => number;
}

/**
 * Snapshots of a store in use, one at a time. While one is held, no blob is deleted: not those of
 * the deletion queues, and no orphans. So every blob that the copied records name is there until it
 * is released: a blob is durable before a record names it, and goes only through a deletion.
 *
 * The copy is written only into a directory within the data directory that the asking program has
 * made there. That says which file is written, and it is the proof that whoever asks may do what the
 * server's user may: the way to here (the admin address) asks for no credentials.
 */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  #current: Promise<unknown> | undefined;
  readonly #enders = new Set<() => Promise<void>>();
  #closed = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** Takes a snapshot; throws {@link SnapshotRefused}. */
  async take(handover: string): Promise<Snapshot> {
    const { path, disk } = this.#options;
    if (!isHandoverName(handover)) {
      throw new SnapshotRefused('a handover directory is named backup- and 32 hexadecimal digits');
    }
    const entry = (await disk.readDirectory(path)).find(({ name }) => name === handover);
    if (entry?.kind !== 'directory') {
      throw new SnapshotRefused(`there is no directory ${handover} in the data directory`);
    }
    if ((await disk.readDirectory(join(path, handover))).length > 0) {
      throw new SnapshotRefused(`the directory ${handover} is not empty`);
    }
    if (this.#closed) throw new SnapshotRefused('the server is stopping');
    if (this.#current !== undefined) throw new SnapshotRefused('another backup is under way');
    const taking = this.#take(join(path, handover));
    this.#current = taking.catch(() => {});
    return taking;
  }

  /** Ends what is held; resolves when no copy is being written. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#current;
    await Promise.all([...this.#enders].map((end) => end()));
  }

  async #take(directory: string): Promise<Snapshot> {
    const { path, disk, metadata, blobs, clock } = this.#options;
    let letGo: () => void = () => {};
    let tellEnded: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      tellEnded = resolve;
    });
    let releasing: Promise<void> | undefined;
    const release = async (): Promise<void> => {
      letGo();
      this.#enders.delete(end);
      try {
        await removeHandover(disk, directory);
      } finally {
        this.#current = undefined;
      }
    };
    const releaseOnce = (): Promise<void> => {
      releasing ??= release();
      return releasing;
    };
    const end = (): Promise<void> => {
      tellEnded();
      return releaseOnce();
    };
    try {
      await this.#checkSpace();
      letGo = await blobs.holdDeletions();
      const takenAt = clock();
      const copy = join(directory, HANDED_METADATA);
      await metadata.copyTo(copy);
      const bytes = await flushFile(disk, copy);
      await disk.flushDirectory(dirname(copy));
      await disk.flushDirectory(path);
      this.#enders.add(end);
      return { metadata: copy, bytes, takenAt, ended, release: releaseOnce };
    } catch (error) {
      await releaseOnce();
      throw error;
    }
  }

  async #checkSpace(): Promise<void> {
    const { path, disk } = this.#options;
    const file = await disk.open(placesIn(path).metadata);
    const needed = await file.size().finally(() => file.close());
    const { free } = disk.space(path);
    if (free < needed + SPARE_BYTES) {
      throw new SnapshotRefused(
        `the copy of the metadata takes ${needed} bytes beside the data directory, and ${SPARE_BYTES} must stay free there; ${free} are`,
      );
    }
  }
}

/** Flushes what others have written into a file; returns its size. */
async function flushFile(disk: Disk, path: string): Promise<number> {
  const file = await disk.open(path);
  try {
    await file.flush();
    return await file.size();
  } finally {
    await file.close();
  }
}
