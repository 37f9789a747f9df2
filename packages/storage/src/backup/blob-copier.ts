import { link, mkdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type BlobBinding, CorruptBlob } from '../engine/blob-engine.js';
import { hasErrorCode } from '../engine/disk.js';
import { nodeDisk } from '../engine/node-disk.js';
import { BlobFileReader } from '../engines/embedded/blob-file-reader.js';
import { blobPath } from '../engines/embedded/file-blobs.js';
import { TransferMemory } from '../memory/transfer-memory.js';
import { copyFile, flushFile } from './copy-file.js';

/** So many copied files wait for their flush. */
const FILES_A_FLUSH = 128;

/** Where blobs come from and go to. */
export interface BlobCopierOptions {
  /** The directory of blobs that has them all. */
  readonly source: string;
  /** The one they go to; it is there. */
  readonly target: string;
  /** Blobs of a backup made before, whose files may be shared. */
  readonly previous?: string | undefined;
  /** Share files with the source where it is on the same file system. */
  readonly share: boolean;
}

/** What became of a blob. */
export interface PlacedBlob {
  readonly how: 'shared' | 'copied' | 'missing';
  /** What is wrong with it; it was taken over as it is, for some of it may be whole. */
  readonly damage?: string;
}

/**
 * Brings blobs from one directory to another. Blobs are written once and never changed, so two
 * directories may share a file (a hard link): deleting it in one leaves it in the other, but damage
 * done to it, by the disk or by a program that writes into it, is done to both.
 *
 * A copy is verified, every block, as it lies in the target. A file that is shared with the source
 * is only looked at: that its header and its checksums hold together and it is the blob that the
 * record means; one shared with a previous backup is verified whole, for it may have rotted there.
 */
export class BlobCopier {
  readonly #options: BlobCopierOptions;
  /** Files that were copied and are not flushed yet. */
  #written: string[] = [];
  /** Directories that were made or changed and are not flushed yet. */
  readonly #changed = new Set<string>();
  readonly #made = new Set<string>();
  #share: boolean;

  constructor(options: BlobCopierOptions) {
    this.#options = options;
    this.#share = options.share;
  }

  /** Brings one blob over; it is on stable storage after {@link flush}. */
  async place(id: string, binding: BlobBinding, size: number): Promise<PlacedBlob> {
    const { source, target, previous } = this.#options;
    const from = blobPath(source, id);
    const to = blobPath(target, id);
    await this.#makeDirectories(to);
    const expected = { id, binding, size };
    try {
      if (this.#share && (await this.#linked(from, to))) {
        return placed('shared', await damageOf(to, expected, 'frame'));
      }
      if (previous !== undefined && (await this.#linked(blobPath(previous, id), to))) {
        if ((await damageOf(to, expected, 'blocks')) === undefined) return { how: 'shared' };
        await unlink(to);
      }
      await copyFile(from, to);
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return { how: 'missing', damage: 'it is not there' };
      throw error;
    }
    this.#written.push(to);
    return placed('copied', await damageOf(to, expected, 'blocks'));
  }

  /**
   * Flushes the copied files if they have become many. Together they take the disk little more than
   * one of them: file systems with a journal write that once.
   */
  async flushMany(): Promise<void> {
    if (this.#written.length < FILES_A_FLUSH) return;
    const written = this.#written;
    this.#written = [];
    await Promise.all(written.map(flushFile));
  }

  /** Resolves when every file and every entry made so far is on stable storage. */
  async flush(): Promise<void> {
    const written = this.#written;
    this.#written = [];
    await Promise.all(written.map(flushFile));
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const directory of changed) await nodeDisk.flushDirectory(directory);
  }

  async #makeDirectories(path: string): Promise<void> {
    const fanOut = dirname(path);
    this.#changed.add(fanOut);
    if (this.#made.has(fanOut)) return;
    const session = dirname(fanOut);
    await mkdir(fanOut, { mode: 0o700, recursive: true });
    this.#changed.add(session);
    this.#changed.add(dirname(session));
    this.#made.add(fanOut);
  }

  /** False where the two cannot share a file, or a previous backup has none. */
  async #linked(from: string, to: string): Promise<boolean> {
    try {
      await link(from, to);
      return true;
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return false;
      // Another file system, one without links, a file of somebody else's, or too many links.
      if (!hasErrorCode(error, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP')) throw error;
      if (from.startsWith(this.#options.source) && hasErrorCode(error, 'EXDEV')) {
        this.#share = false;
      }
      return false;
    }
  }
}

const placed = (how: 'shared' | 'copied', damage: string | undefined): PlacedBlob =>
  damage === undefined ? { how } : { how, damage };

interface ExpectedBlob {
  readonly id: string;
  readonly binding: BlobBinding;
  readonly size: number;
}

/** What is wrong with a blob's file, if anything is: in its frame, or in any of its blocks. */
async function damageOf(
  path: string,
  { id, binding, size }: ExpectedBlob,
  extent: 'frame' | 'blocks',
): Promise<string | undefined> {
  try {
    const opened = { id, file: await nodeDisk.open(path), memory: new TransferMemory() };
    const reader = await BlobFileReader.open(opened, binding, () => {});
    try {
      if (reader.size !== size) return `it has ${reader.size} bytes, and its record says ${size}`;
      if (extent === 'frame') return undefined;
      const spans = reader.read(0, size);
      // Reading is verifying; the bytes are of no interest.
      while ((await spans.next()).done !== true);
      return undefined;
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (error instanceof CorruptBlob) return error.message;
    throw error;
  }
}
