import { type BodyKey, CHUNK_BYTES } from '../../threads/chunk-cipher.mjs';
import type { BodyThreads } from '../body/body-threads.js';
import type { RunningOpener } from '../body/running-opener.js';
import { type BlobReader, CorruptBlob } from '../engine/blob-engine.js';
import type { Awaitable } from '../engine/metadata-engine.js';
import type { SlabPool } from '../memory/slab-pool.js';
import { plainChunkBytes } from './sealed-size.js';

/** What all readers share. */
export interface SealedReaderParts {
  readonly bodyThreads: BodyThreads;
  readonly slabs: SlabPool;
}

/** A slab of whole chunks, and where in the blob they begin. */
interface FilledSlab {
  readonly slab: Buffer;
  readonly bytes: number;
  readonly position: number;
}

/** A slab of chunks that are being opened. */
interface Opening {
  readonly slab: Buffer;
  /** The number of its first chunk. */
  readonly first: number;
  /** As `RunningOpener.open` answers. */
  readonly plainBytes: Awaitable<number>;
}

/**
 * Reads a sealed blob as if it were plain. A range reads and opens the chunks that it touches, and no
 * others; a slab of them is opened while the next one is read.
 */
export class SealedReader implements BlobReader {
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

  async *read(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    if (!(start >= 0 && start <= end && end <= this.size)) {
      throw new RangeError(`The body has ${this.size} bytes, not ${start} to ${end}`);
    }
    if (start === end) return;
    const plainChunk = this.#plainChunk;
    const from = Math.floor(start / plainChunk) * CHUNK_BYTES;
    const to = Math.min(Math.ceil(end / plainChunk) * CHUNK_BYTES, this.#blob.size);
    const opener = this.#parts.bodyThreads.startOpening(to - from, this.#key);
    const sealed = this.#slabs(from, to);
    const held: Opening[] = [];
    try {
      for (let more = true; more; ) {
        const { value: next } = await sealed.next();
        if (next === undefined) more = false;
        else held.push(this.#open(opener, next));
        const [oldest] = held;
        // While a slab is sent, the thread works on the one behind it.
        if (oldest === undefined || (more && held.length === 1)) continue;
        const position = oldest.first * plainChunk;
        const plainBytes = await this.#opened(oldest);
        yield oldest.slab.subarray(
          Math.max(0, start - position),
          Math.min(plainBytes, end - position),
        );
        held.shift();
        this.#parts.slabs.release(oldest.slab);
      }
    } finally {
      await sealed.return(undefined);
      opener.end();
      // A slab must not be another's while a thread is at it.
      await Promise.allSettled(held.map(({ plainBytes }) => plainBytes));
      for (const { slab } of held) this.#parts.slabs.release(slab);
    }
  }

  close(): Promise<void> {
    return this.#blob.close();
  }

  #open(opener: RunningOpener, { slab, bytes, position }: FilledSlab): Opening {
    const first = position / CHUNK_BYTES;
    const isEnd = position + bytes === this.#blob.size;
    const plainBytes = opener.open(slab, bytes, first, isEnd);
    // A failure is heard when the slab's turn comes, or never.
    if (plainBytes instanceof Promise) plainBytes.catch(() => {});
    return { slab, first, plainBytes };
  }

  async #opened({ plainBytes }: Opening): Promise<number> {
    const opened = await plainBytes;
    if (opened >= 0) return opened;
    throw new CorruptBlob(this.#key.id, `chunk ${-1 - opened} is not what was sealed`);
  }

  /** The blob's chunks from one place to another, in slabs that are the caller's from then on. */
  async *#slabs(from: number, to: number): AsyncGenerator<FilledSlab, undefined, undefined> {
    const { slabs } = this.#parts;
    let position = from;
    let slab: Buffer | undefined;
    let wanted = 0;
    let filled = 0;
    try {
      for await (const piece of this.#blob.read(from, to)) {
        for (let rest = piece; rest.length > 0; ) {
          if (slab === undefined) {
            const left = to - position;
            slab = slabs.take(left);
            wanted = left <= slab.length ? left : slab.length - (slab.length % CHUNK_BYTES);
            filled = 0;
          }
          const part = rest.subarray(0, wanted - filled);
          slab.fill(part, filled, filled + part.length);
          filled += part.length;
          rest = rest.subarray(part.length);
          if (filled < wanted) continue;
          const full = { slab, bytes: wanted, position };
          position += wanted;
          slab = undefined;
          yield full;
        }
      }
      return undefined;
    } finally {
      if (slab !== undefined) slabs.release(slab);
    }
  }
}
