import { type BodyKey, CHUNK_BYTES } from '../../threads/chunk-cipher.mjs';
import type { BodyThreads } from '../body/body-threads.js';
import type { RunningOpener } from '../body/running-opener.js';
import { type BlobReader, CorruptBlob } from '../engine/blob-engine.js';
import type { SlabPool } from '../memory/slab-pool.js';
import { plainChunkBytes } from './sealed-size.js';

/** What all readers share. */
export interface SealedReaderParts {
  readonly bodyThreads: BodyThreads;
  readonly slabs: SlabPool;
}

/** Slabs of one reading: while one is sent, the next is opened, and the one behind it read. */
const SLABS = 3;

/** A slab of whole chunks on its way. */
interface Opening {
  readonly slab: Buffer;
  /** Where in the blob its chunks begin. */
  readonly position: number;
  readonly sealedBytes: number;
  /** When they are read and opened; as `RunningOpener.open` answers. */
  readonly plainBytes: Promise<number>;
}

/**
 * Reads a sealed blob as if it were plain. A range reads and opens the chunks that it touches, and no
 * others, in the slab that they are sent from. The blob's checksums are not looked at, for the tags of
 * chunks cover as much and say more; but where a chunk does not open, they tell rot from forgery.
 */
export class SealedReader {
  readonly size: number;
  readonly #parts: SealedReaderParts;
  readonly #blob: BlobReader;
  readonly #key: BodyKey;
  readonly #plainChunk: number;

  /** `size` in plain bytes; the blob has as many as a sealed body of that size. */
  constructor(parts: SealedReaderParts, blob: BlobReader, size: number, key: BodyKey) {
    this.#parts = parts;
    this.#blob = blob;
    this.size = size;
    this.#key = key;
    this.#plainChunk = plainChunkBytes(key.cipher);
  }

  /** As `BlobReader.read`, of the plain bytes: each chunk they are in is authentic before any of it is yielded. */
  async *read(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    if (!(start >= 0 && start <= end && end <= this.size)) {
      throw new RangeError(`The body has ${this.size} bytes, not ${start} to ${end}`);
    }
    if (start === end) return;
    const plainChunk = this.#plainChunk;
    const from = Math.floor(start / plainChunk) * CHUNK_BYTES;
    const to = Math.min(Math.ceil(end / plainChunk) * CHUNK_BYTES, this.#blob.size);
    const opener = this.#parts.bodyThreads.startOpening(to - from, this.#key);
    const ahead: Opening[] = [];
    let position = from;
    try {
      for (;;) {
        while (position < to && ahead.length < SLABS) {
          const opening = this.#ahead(opener, position, to);
          ahead.push(opening);
          position += opening.sealedBytes;
        }
        const [oldest] = ahead;
        if (oldest === undefined) return;
        const plainBytes = await this.#opened(oldest);
        const plainAt = (oldest.position / CHUNK_BYTES) * plainChunk;
        yield oldest.slab.subarray(
          Math.max(0, start - plainAt),
          Math.min(plainBytes, end - plainAt),
        );
        ahead.shift();
        this.#parts.slabs.release(oldest.slab);
      }
    } finally {
      // A slab must not be another's, nor the file closed, while disk or thread are at it.
      await Promise.allSettled(ahead.map(({ plainBytes }) => plainBytes));
      opener.end();
      for (const { slab } of ahead) this.#parts.slabs.release(slab);
    }
  }

  close(): Promise<void> {
    return this.#blob.close();
  }

  /** Has the chunks from a place on read and opened, as many as a slab takes and none past `to`. */
  #ahead(opener: RunningOpener, position: number, to: number): Opening {
    const left = to - position;
    const slab = this.#parts.slabs.take(left);
    const sealedBytes = left <= slab.length ? left : slab.length - (slab.length % CHUNK_BYTES);
    const plainBytes = this.#readAndOpen(opener, slab.subarray(0, sealedBytes), position);
    // A failure is heard when the slab's turn comes, or never.
    plainBytes.catch(() => {});
    return { slab, position, sealedBytes, plainBytes };
  }

  async #readAndOpen(opener: RunningOpener, chunks: Buffer, position: number): Promise<number> {
    await this.#blob.readUnverified(chunks, position);
    const isEnd = position + chunks.length === this.#blob.size;
    return opener.open(chunks, chunks.length, position / CHUNK_BYTES, isEnd);
  }

  async #opened({ plainBytes }: Opening): Promise<number> {
    const opened = await plainBytes;
    if (opened >= 0) return opened;
    const chunk = -1 - opened;
    await this.#verify(chunk);
    throw new CorruptBlob(this.#key.id, `chunk ${chunk} is not what was sealed`);
  }

  /** Throws when a chunk fails its checksum. */
  async #verify(chunk: number): Promise<void> {
    const at = chunk * CHUNK_BYTES;
    const end = Math.min(at + CHUNK_BYTES, this.#blob.size);
    const blocks = this.#blob.read(at, end)[Symbol.asyncIterator]();
    await blocks.next();
    await blocks.return?.();
  }
}
