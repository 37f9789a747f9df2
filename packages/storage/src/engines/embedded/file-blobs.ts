import { dirname, join } from 'node:path';
import {
  type BlobBinding,
  type BlobEngine,
  BlobGone,
  type BlobReader,
  type BlobWriter,
  type BodyTap,
  type FoundBlob,
  StorageFull,
} from '../../engine/blob-engine.js';
import { type Disk, type DiskFile, hasErrorCode } from '../../engine/disk.js';
import type { FailStop } from '../../engine/fail-stop.js';
import { StoreClosed } from '../../engine/metadata-engine.js';
import { endlessSpace, type StorageSpace } from '../../engine/storage-space.js';
import { ID_LENGTH, IdSequence, isSessionId, SESSION_LENGTH } from '../../id-sequence.js';
import { KeyQueue } from '../../key-queue.js';
import type { Log } from '../../log.js';
import { SlabPool } from '../../memory/slab-pool.js';
import { TransferMemory } from '../../memory/transfer-memory.js';
import { BLOB_HEADER_BYTES, blobHeader, foreignBlobFormat, readBlobHeader } from './blob-file.js';
import { BlobFileReader } from './blob-file-reader.js';
import { type BlobFileSurroundings, BlobFileWriter } from './blob-file-writer.js';
import { DeletionGate } from './deletion-gate.js';
import { DirectoryFlusher } from './directory-flusher.js';
import { readFully } from './read-fully.js';

const BLOB_ID = new RegExp(`^[0-9a-v]{${ID_LENGTH}}$`);

/** How many files are unlinked at a time. */
const DELETIONS_AT_ONCE = 8;

export interface FileBlobsOptions {
  /** The directory that holds one directory for each session; it exists. */
  readonly directory: string;
  /** The id of this writer's session. */
  readonly session: string;
  /** The sessions of other processes that are writing blobs in the same directory now. */
  readonly livingSessions?: ReadonlySet<string>;
  readonly disk: Disk;
  readonly failStop: FailStop;
  readonly log: Log;
  /** What the buffers of all its transfers are taken from. */
  readonly memory?: TransferMemory;
  /** Where its writers get their buffers, which come out of that memory. */
  readonly slabs?: SlabPool;
  /** Asked before anything is written; without it nobody watches. */
  readonly space?: StorageSpace;
}

/**
 * Blobs as files, `<session>/<fan-out>/<id>`. The two characters of the fan-out are the count's,
 * such that 1,024 blobs in a row share a directory: new directories, each a flush of its parent,
 * stay rare, and no directory gets large before all 1,024 have been used.
 */
export class FileBlobs implements BlobEngine {
  readonly #directory: string;
  readonly #session: string;
  readonly #livingSessions: ReadonlySet<string>;
  readonly #ids: IdSequence;
  readonly #around: BlobFileSurroundings;
  readonly #memory: TransferMemory;
  readonly #disk: Disk;
  readonly #failStop: FailStop;
  readonly #flusher: DirectoryFlusher;
  /** The directories this session made, and when each one's own entry is durable. */
  readonly #made = new Map<string, { made: Promise<void>; entered: Promise<void> }>();
  /** A directory must not be tidied away between a deletion in it and the flush of that. */
  readonly #removals = new KeyQueue();
  readonly #deletions = new DeletionGate();
  readonly #readers = new Map<string, { count: number; waiting: (() => void)[] }>();
  #closed = false;

  constructor(options: FileBlobsOptions) {
    const { directory, session, disk, failStop, log } = options;
    const { memory = new TransferMemory(), space = endlessSpace } = options;
    const { slabs = new SlabPool(memory) } = options;
    this.#livingSessions = options.livingSessions ?? new Set();
    this.#memory = memory;
    this.#directory = directory;
    this.#session = session;
    this.#ids = new IdSequence(session);
    this.#disk = disk;
    this.#failStop = failStop;
    this.#flusher = new DirectoryFlusher(disk, failStop);
    this.#around = { disk, failStop, log, slabs, space };
  }

  async create(binding: BlobBinding, expectedSize = 0, tap?: BodyTap): Promise<BlobWriter> {
    this.#failStop.check();
    if (this.#closed) throw new StoreClosed();
    const id = this.#ids.next();
    const path = this.#pathOf(id);
    const header = blobHeader(id, binding);
    const sessionDirectory = join(this.#directory, this.#session);
    const fanOutDirectory = dirname(path);
    const session = this.#makeDirectory(sessionDirectory, this.#directory, Promise.resolve());
    const fanOut = this.#makeDirectory(fanOutDirectory, sessionDirectory, session.made);
    let file: DiskFile;
    try {
      await Promise.all([session.made, fanOut.made]);
      file = await this.#disk.create(path);
    } catch (error) {
      throw hasErrorCode(error, 'ENOSPC', 'EDQUOT') ? new StorageFull(error) : error;
    }
    // The entries become durable while the body comes in.
    const entered = Promise.all([
      session.entered,
      fanOut.entered,
      this.#flusher.flush(fanOutDirectory),
    ]).then(() => {});
    return new BlobFileWriter(this.#around, { id, path, file, header, entered, tap }, expectedSize);
  }

  async open(id: string, binding?: BlobBinding): Promise<BlobReader> {
    if (this.#closed) throw new StoreClosed();
    this.#hold(id);
    let file: DiskFile;
    try {
      file = await this.#disk.open(this.#pathOf(id));
    } catch (error) {
      this.#release(id);
      throw hasErrorCode(error, 'ENOENT') ? new BlobGone(id) : error;
    }
    return BlobFileReader.open({ id, file, memory: this.#memory }, binding, () =>
      this.#release(id),
    );
  }

  released(id: string): Promise<void> | undefined {
    const readers = this.#readers.get(id);
    if (readers === undefined) return undefined;
    return new Promise((resolve) => {
      readers.waiting.push(resolve);
    });
  }

  /**
   * Resolves when no blob is being deleted; none will be until the function it resolves with was
   * called. Writers are not held up, only whoever deletes.
   */
  holdDeletions(): Promise<() => void> {
    return this.#deletions.hold();
  }

  deleteAll(ids: readonly string[]): Promise<void> {
    return this.#deletions.pass(() => this.#deleteAll(ids));
  }

  async endedSessions(): Promise<string[]> {
    const entries = await this.#disk.readDirectory(this.#directory);
    return entries
      .filter(({ kind, name }) => kind === 'directory' && isSessionId(name))
      .map(({ name }) => name)
      .filter((session) => session !== this.#session && !this.#livingSessions.has(session))
      .sort();
  }

  async *blobsOf(session: string): AsyncGenerator<FoundBlob, void, undefined> {
    const directory = join(this.#directory, session);
    for (const fanOut of await this.#listing(directory, 'directory')) {
      for (const id of await this.#listing(join(directory, fanOut), 'file')) {
        if (!BLOB_ID.test(id) || !id.startsWith(session)) continue;
        const binding = await this.#bindingOf(id);
        if (binding !== undefined) yield { id, binding };
      }
    }
  }

  tidy(session: string): Promise<boolean> {
    return this.#removals.run(this.#directory, async () => {
      const directory = join(this.#directory, session);
      for (const fanOut of await this.#listing(directory, 'directory')) {
        const path = join(directory, fanOut);
        // What the session removed itself (an abort) it has not flushed.
        if (!(await this.#removeIfEmpty(path))) await this.#flusher.flush(path);
      }
      const isGone = await this.#removeIfEmpty(directory);
      await this.#flushRemoval(directory);
      return isGone;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #deleteAll(ids: readonly string[]): Promise<void> {
    return this.#removals.run(this.#directory, async () => {
      this.#failStop.check();
      const directories = new Set<string>();
      for (let at = 0; at < ids.length; at += DELETIONS_AT_ONCE) {
        await Promise.all(
          ids.slice(at, at + DELETIONS_AT_ONCE).map(async (id) => {
            const path = this.#pathOf(id);
            await this.#remove(path);
            directories.add(dirname(path));
          }),
        );
      }
      // Also for a file that was gone: an earlier process may have removed it and not flushed.
      await Promise.all([...directories].map((directory) => this.#flushRemoval(directory)));
    });
  }

  /** Makes a directory of this session once; whoever comes while it is being made shares it. */
  #makeDirectory(
    path: string,
    parent: string,
    parentMade: Promise<void>,
  ): { made: Promise<void>; entered: Promise<void> } {
    const known = this.#made.get(path);
    if (known !== undefined) return known;
    const made = parentMade.then(async () => {
      try {
        await this.#disk.makeDirectory(path);
      } catch (error) {
        if (!hasErrorCode(error, 'EEXIST')) throw error;
      }
    });
    const entered = made.then(() => this.#flusher.flush(parent));
    const directory = { made, entered };
    this.#made.set(path, directory);
    // What failed (a full disk, say) is tried anew by the next writer.
    entered.catch(() => this.#made.delete(path));
    return directory;
  }

  #hold(id: string): void {
    const readers = this.#readers.get(id);
    if (readers === undefined) this.#readers.set(id, { count: 1, waiting: [] });
    else readers.count++;
  }

  #release(id: string): void {
    const readers = this.#readers.get(id);
    if (readers === undefined || --readers.count > 0) return;
    this.#readers.delete(id);
    for (const resolve of readers.waiting) resolve();
  }

  async #remove(path: string): Promise<void> {
    try {
      await this.#disk.remove(path);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }

  /** Flushes a directory, or the nearest one above it that was not tidied away. */
  async #flushRemoval(directory: string): Promise<void> {
    try {
      await this.#flusher.flush(directory);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT') || directory === this.#directory) throw error;
      await this.#flushRemoval(dirname(directory));
    }
  }

  /** True when the directory is no more. */
  async #removeIfEmpty(directory: string): Promise<boolean> {
    try {
      await this.#disk.removeDirectory(directory);
      return true;
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return true;
      if (hasErrorCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
      throw error;
    }
  }

  /** The names in a directory of one kind, in order; none when it is gone. */
  async #listing(directory: string, kind: 'file' | 'directory'): Promise<string[]> {
    try {
      const entries = await this.#disk.readDirectory(directory);
      return entries
        .filter((entry) => entry.kind === kind)
        .map(({ name }) => name)
        .sort();
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** Whom a file says it belongs to; undefined when it went away meanwhile. */
  async #bindingOf(id: string): Promise<FoundBlob['binding'] | undefined> {
    let file: DiskFile;
    try {
      file = await this.#disk.open(this.#pathOf(id));
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    }
    try {
      const header = Buffer.alloc(BLOB_HEADER_BYTES);
      const read = await readFully(file, header, 0);
      // The header is written first, in one piece with the body's beginning, and a finished blob was
      // flushed: short or empty means that the crash came before its first flush.
      if (read < BLOB_HEADER_BYTES || header.every((byte) => byte === 0)) return 'never-written';
      // Of a format this version does not know: passed over, for its rules may be others.
      if (foreignBlobFormat(header) !== undefined) return undefined;
      const found = readBlobHeader(header);
      return found?.id === id ? found.binding : 'unreadable';
    } finally {
      await file.close();
    }
  }

  #pathOf(id: string): string {
    return blobPath(this.#directory, id);
  }
}

/** Where a blob's file is in a directory of blobs. */
export function blobPath(directory: string, id: string): string {
  if (!BLOB_ID.test(id)) throw new RangeError(`${JSON.stringify(id)} is not a blob's id`);
  return join(directory, id.slice(0, SESSION_LENGTH), fanOutOf(id), id);
}

/** The two digits of the count above the lowest two: each covers 1,024 blobs in a row. */
function fanOutOf(id: string): string {
  return id.slice(-4, -2);
}
