import { crc32 } from 'node:zlib';
import {
  BLOB_BLOCK_BYTES,
  type BlobBinding,
  type BlobReader,
  CorruptBlob,
} from '../../engine/blob-engine.js';
import { unknownFormat } from '../../engine/corrupt-record.js';
import type { DiskFile } from '../../engine/disk.js';
import type { TransferMemory } from '../../memory/transfer-memory.js';
import {
  BLOB_FOOTER_BYTES,
  BLOB_FORMAT,
  BLOB_HEADER_BYTES,
  type BlobTrailer,
  blocksOfFile,
  foreignBlobFormat,
  readBlobHeader,
  readBlobTrailer,
} from './blob-file.js';
import { readFully } from './read-fully.js';

/** How much is read at once: whole blocks. While memory is short, one block. */
const SPAN_BYTES = 16 * BLOB_BLOCK_BYTES;

/** A blob's file, open, and what the buffers for reading it are taken from. */
export interface OpenBlobFile {
  readonly id: string;
  readonly file: DiskFile;
  readonly memory: TransferMemory;
}

/** Bytes on their way from the disk, and how much memory they were granted. */
interface Span {
  readonly granted: number;
  readonly bytes: Promise<Buffer>;
}

/** What is ahead of the last span. */
const NOTHING: Span = { granted: 0, bytes: Promise.resolve(Buffer.alloc(0)) };

/** Reads one blob's file, verifying what it reads. */
export class BlobFileReader implements BlobReader {
  readonly size: number;
  readonly #id: string;
  readonly #file: DiskFile;
  readonly #memory: TransferMemory;
  readonly #trailer: BlobTrailer;
  readonly #onClose: () => void;
  #closed: Promise<void> | undefined;

  private constructor(
    { id, file, memory }: OpenBlobFile,
    trailer: BlobTrailer,
    onClose: () => void,
  ) {
    this.#id = id;
    this.#file = file;
    this.#memory = memory;
    this.#trailer = trailer;
    this.size = trailer.size;
    this.#onClose = onClose;
  }

  /**
   * Checks the file's frame: that it was finished, that it is the blob it is taken for, and that
   * its checksums are those that were written. The file is closed if it is not.
   */
  static async open(
    opened: OpenBlobFile,
    binding: BlobBinding | undefined,
    onClose: () => void,
  ): Promise<BlobFileReader> {
    const { id, file } = opened;
    try {
      const length = await file.size();
      const trailerBytes = 4 * blocksOfFile(length) + BLOB_FOOTER_BYTES;
      const headerBytes = Buffer.allocUnsafe(BLOB_HEADER_BYTES);
      const trailerStored = Buffer.allocUnsafeSlow(trailerBytes);
      if (length < BLOB_HEADER_BYTES + trailerBytes) throw new CorruptBlob(id, 'it is cut short');
      await Promise.all([
        readWhole(id, file, headerBytes, 0),
        readWhole(id, file, trailerStored, length - trailerBytes),
      ]);
      const foreign = foreignBlobFormat(headerBytes);
      if (foreign !== undefined) throw new CorruptBlob(id, unknownFormat(foreign, BLOB_FORMAT));
      const header = readBlobHeader(headerBytes);
      if (header === undefined) throw new CorruptBlob(id, 'its header is damaged');
      if (header.id !== id) throw new CorruptBlob(id, `its header says it is ${header.id}`);
      if (
        binding !== undefined &&
        (header.binding.bucket !== binding.bucket || header.binding.key !== binding.key)
      ) {
        throw new CorruptBlob(id, 'its header says it belongs to another object');
      }
      const trailer = readBlobTrailer(headerBytes, trailerStored, length);
      if (trailer === undefined) throw new CorruptBlob(id, 'its checksums are damaged');
      return new BlobFileReader(opened, trailer, onClose);
    } catch (error) {
      onClose();
      await file.close();
      throw error;
    }
  }

  async *read(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    if (!(start >= 0 && start <= end && end <= this.size)) {
      throw new RangeError(`The blob has ${this.size} bytes, not ${start} to ${end}`);
    }
    if (start === end) return;
    let position = start - (start % BLOB_BLOCK_BYTES);
    const buffers = new SpanBuffers();
    let next = this.#ahead(position, end, buffers);
    let inHand = 0;
    try {
      while (position < end) {
        const { granted, bytes } = next;
        const span = await bytes;
        inHand = granted;
        next = NOTHING;
        const spanStart = position;
        position += span.length;
        // The disk works on the next span while this one is verified and sent.
        if (position < end) next = this.#ahead(position, end, buffers);
        this.#verify(span, spanStart);
        yield span.subarray(Math.max(0, start - spanStart), Math.min(span.length, end - spanStart));
        this.#memory.giveBack(inHand);
        inHand = 0;
      }
    } finally {
      // A consumer that stops early and closes must not close the file under a read.
      await next.bytes.catch(() => {});
      this.#memory.giveBack(inHand + next.granted);
    }
  }

  async readUnverified(target: Buffer, start: number): Promise<void> {
    if (!(start >= 0 && start + target.length <= this.size)) {
      throw new RangeError(
        `The blob has ${this.size} bytes, not ${target.length} from ${start} on`,
      );
    }
    await readWhole(this.#id, this.#file, target, BLOB_HEADER_BYTES + start);
  }

  close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#onClose();
      this.#closed = this.#file.close();
    }
    return this.#closed;
  }

  /**
   * Starts to read the whole blocks from `position` on that `end` asks for, a span at most. A failure
   * is heard when the span's turn comes, or never.
   */
  #ahead(position: number, end: number, buffers: SpanBuffers): Span {
    const wholeBlocks = Math.ceil((end - position) / BLOB_BLOCK_BYTES) * BLOB_BLOCK_BYTES;
    const wanted = Math.min(SPAN_BYTES, wholeBlocks, this.size - position);
    const granted = this.#memory.take(wanted, BLOB_BLOCK_BYTES);
    const bytes = this.#readSpan(position, buffers.next(granted));
    bytes.catch(() => {});
    return { granted, bytes };
  }

  async #readSpan(position: number, span: Buffer): Promise<Buffer> {
    await readWhole(this.#id, this.#file, span, BLOB_HEADER_BYTES + position);
    return span;
  }

  #verify(span: Buffer, position: number): void {
    let block = position / BLOB_BLOCK_BYTES;
    for (let at = 0; at < span.length; at += BLOB_BLOCK_BYTES, block++) {
      if (crc32(span.subarray(at, at + BLOB_BLOCK_BYTES)) !== this.#trailer.checksum(block)) {
        throw new CorruptBlob(this.#id, `block ${block} fails its checksum`);
      }
    }
  }
}

/**
 * The two buffers of one reading, that which is sent and that which is filled, in turns: a new one for
 * each span would cost more than verifying it.
 */
class SpanBuffers {
  #sent = Buffer.alloc(0);
  #filled = Buffer.alloc(0);

  /** The next buffer to fill, of so many bytes. What it held before it is no longer asked for. */
  next(bytes: number): Buffer {
    const free = this.#sent;
    this.#sent = this.#filled;
    // A longer one is let go: what was granted is what may be held.
    this.#filled = free.length === bytes ? free : Buffer.allocUnsafeSlow(bytes);
    return this.#filled;
  }
}

async function readWhole(
  id: string,
  file: DiskFile,
  target: Buffer,
  position: number,
): Promise<void> {
  const read = await readFully(file, target, position);
  if (read < target.length) throw new CorruptBlob(id, 'it is cut short');
}
