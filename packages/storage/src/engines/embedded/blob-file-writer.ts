import { crc32 } from 'node:zlib';
import {
  BLOB_BLOCK_BYTES,
  type BlobWriter,
  type BodyTap,
  StorageFull,
} from '../../engine/blob-engine.js';
import { type Disk, type DiskFile, hasErrorCode } from '../../engine/disk.js';
import type { FailStop } from '../../engine/fail-stop.js';
import type { Awaitable } from '../../engine/metadata-engine.js';
import type { StorageSpace } from '../../engine/storage-space.js';
import type { Log } from '../../log.js';
import { SLAB_BYTES, type SlabPool } from '../../memory/slab-pool.js';
import { BLOB_HEADER_BYTES, blobTrailer, blobTrailerBytes } from './blob-file.js';
import { writeFully } from './write-fully.js';

/**
 * A large blob is flushed while it comes in, every so many bytes, so that the flush at its end does
 * not have all of it to write and the kernel's dirty pages stay few.
 */
const FLUSH_EVERY_BYTES = 16 * 1024 * 1024;

/** Slabs of one blob that are being written or looked at, besides the one that is being filled. */
const SLABS_UNDER_WAY = 2;

/** What a writer shares with the others of its engine. */
export interface BlobFileSurroundings {
  readonly disk: Disk;
  readonly failStop: FailStop;
  readonly log: Log;
  readonly slabs: SlabPool;
  readonly space: StorageSpace;
}

/** A new file and its place. */
export interface NewBlobFile {
  readonly id: string;
  readonly path: string;
  readonly file: DiskFile;
  /** What the file begins with. */
  readonly header: Buffer;
  /** Resolves when every directory entry on the way to the file is on stable storage. */
  readonly entered: Promise<void>;
  /** Sees the body's bytes. */
  readonly tap?: BodyTap | undefined;
}

/**
 * Writes one blob's file. Chunks are gathered into slabs; a full slab is written, and looked at by the
 * tap, while the next ones fill. So network, digests and disk overlap, with three slabs of memory
 * however large the body is.
 */
export class BlobFileWriter implements BlobWriter {
  readonly id: string;
  readonly #around: BlobFileSurroundings;
  readonly #path: string;
  readonly #file: DiskFile;
  readonly #entered: Promise<void>;
  readonly #headerCrc: number;
  readonly #checksums: number[] = [];
  #slab: Buffer;
  #filled = 0;
  /** Where the slab's first byte goes in the file. */
  #position = 0;
  #size = 0;
  /** CRC-32 and length of the block that is not full yet. */
  #blockCrc = 0;
  #blockBytes = 0;
  /** The last of the writes, which go to the disk one after another. */
  #writing: Promise<void> = Promise.resolve();
  /** For each slab that was handed on, when it is nobody's any more; oldest first. */
  readonly #underWay: Promise<void>[] = [];
  readonly #tap: BodyTap | undefined;
  #earlyFlush: Promise<void> = Promise.resolve();
  #flushedTo = 0;
  #closed = false;
  #aborted: Promise<void> | undefined;

  constructor(
    around: BlobFileSurroundings,
    { id, path, file, header, entered, tap }: NewBlobFile,
    expectedSize: number,
  ) {
    this.id = id;
    this.#around = around;
    this.#path = path;
    this.#file = file;
    this.#entered = entered;
    this.#tap = tap;
    // Asked about at the end; an abort before that must not leave an unhandled rejection.
    entered.catch(() => {});
    // A blob that is known to be small gets a buffer of its size and goes out in one write.
    const whole = BLOB_HEADER_BYTES + expectedSize + blobTrailerBytes(expectedSize);
    this.#slab = around.slabs.take(expectedSize > 0 ? whole : SLAB_BYTES);
    this.#filled = header.copy(this.#slab);
    this.#headerCrc = crc32(header);
  }

  write(chunk: Uint8Array): Awaitable<void> {
    if (chunk.length < this.#slab.length - this.#filled) {
      this.#take(chunk);
      return;
    }
    return this.#writeThrough(chunk);
  }

  async finish(): Promise<void> {
    if (this.#blockBytes > 0) this.#checksums.push(this.#blockCrc);
    const trailer = blobTrailer(this.#headerCrc, this.#size, this.#checksums);
    const looked = this.#lookAt(this.#bodyInSlab());
    looked.catch(() => {});
    try {
      if (this.#filled + trailer.length <= this.#slab.length) {
        trailer.copy(this.#slab, this.#filled);
        this.#filled += trailer.length;
        await this.#writing;
        await this.#writeAll(this.#slab.subarray(0, this.#filled), this.#position);
      } else {
        await this.#writing;
        await this.#writeAll(this.#slab.subarray(0, this.#filled), this.#position);
        await this.#writeAll(trailer, this.#position + this.#filled);
      }
    } finally {
      // The slab must not be another's while the tap looks at it.
      await looked;
    }
    await Promise.all(this.#underWay);
    await this.#earlyFlush;
    await Promise.all([this.#flush(), this.#entered]);
    await this.#close();
  }

  abort(): Promise<void> {
    this.#aborted ??= this.#remove();
    return this.#aborted;
  }

  async #writeThrough(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      const part = rest.subarray(0, this.#slab.length - this.#filled);
      this.#take(part);
      rest = rest.subarray(part.length);
      if (this.#filled === this.#slab.length) await this.#submit();
    }
  }

  /** Copies bytes into the slab, where they fit, and takes them into the block checksums. */
  #take(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    // A slab is shared memory, where V8 copies byte by byte whatever is not aligned alike, as what comes
    // from a socket hardly ever is; what fills with a pattern just copies memory, ten times as fast.
    this.#slab.fill(bytes, this.#filled, this.#filled + bytes.length);
    this.#filled += bytes.length;
    this.#size += bytes.length;
    let rest = bytes;
    while (rest.length > 0) {
      const part = rest.subarray(0, BLOB_BLOCK_BYTES - this.#blockBytes);
      this.#blockCrc = crc32(part, this.#blockCrc);
      this.#blockBytes += part.length;
      rest = rest.subarray(part.length);
      if (this.#blockBytes === BLOB_BLOCK_BYTES) {
        this.#checksums.push(this.#blockCrc);
        this.#blockCrc = 0;
        this.#blockBytes = 0;
      }
    }
  }

  /** What of the body is in the slab: all that is, but for the header in the first. */
  #bodyInSlab(): Buffer {
    return this.#slab.subarray(this.#position === 0 ? BLOB_HEADER_BYTES : 0, this.#filled);
  }

  async #lookAt(body: Buffer): Promise<void> {
    if (body.length > 0) await this.#tap?.(body);
  }

  /** Hands the full slab on: to the disk, behind the one before it, and to the tap. */
  async #submit(): Promise<void> {
    if (this.#underWay.length === SLABS_UNDER_WAY) await this.#underWay[0];
    const slab = this.#slab;
    const position = this.#position;
    const body = this.#bodyInSlab();
    this.#position += slab.length;
    this.#slab = this.#around.slabs.take();
    this.#filled = 0;
    const written = this.#writing.then(() => this.#writeAll(slab, position));
    this.#writing = written;
    const done = bothSettled(written, this.#lookAt(body)).finally(() => {
      this.#around.slabs.release(slab);
    });
    // Whoever writes or ends next learns of a failure; until then it is not unhandled.
    written.catch(() => {});
    done.then(
      () => void this.#underWay.shift(),
      () => {},
    );
    this.#underWay.push(done);
    if (position - this.#flushedTo >= FLUSH_EVERY_BYTES) {
      this.#flushedTo = position;
      const before = this.#earlyFlush;
      this.#earlyFlush = before.then(() => this.#flush());
      this.#earlyFlush.catch(() => {});
    }
  }

  async #writeAll(bytes: Buffer, position: number): Promise<void> {
    const { space } = this.#around;
    space.take('blob', bytes.length);
    try {
      await writeFully(this.#file, bytes, position);
    } catch (error) {
      throw hasErrorCode(error, 'ENOSPC', 'EDQUOT') ? new StorageFull(error) : error;
    } finally {
      space.release(bytes.length);
    }
  }

  async #flush(): Promise<void> {
    try {
      await this.#file.flush();
    } catch (error) {
      throw this.#around.failStop.trip(error);
    }
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#around.slabs.release(this.#slab);
    this.#slab = Buffer.alloc(0);
    this.#filled = 0;
    await this.#file.close();
  }

  async #remove(): Promise<void> {
    // What is under way still uses the descriptor and the slabs.
    await Promise.allSettled([this.#writing, ...this.#underWay, this.#earlyFlush, this.#entered]);
    try {
      await this.#close();
      // After a failure nobody knows what is on disk and named by a record: touch nothing.
      if (this.#around.failStop.failure === undefined) await this.#around.disk.remove(this.#path);
    } catch (error) {
      // It is an orphan now, and the sweeper's after the next start.
      this.#around.log.warn({ err: error, blob: this.id }, 'could not remove an abandoned blob');
    }
  }
}

/** Waits for both, then fails as the first that failed. */
async function bothSettled(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.allSettled([one, other]);
  await one;
  await other;
}
