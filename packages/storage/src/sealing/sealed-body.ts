import type { Crc64Engine, RunningCrc64 } from '@openoss/protocol';
import { CHUNK_BYTES } from '../../threads/chunk-cipher.mjs';
import type { BodyThreads } from '../body/body-threads.js';
import type { RunningSealer } from '../body/running-sealer.js';
import type { BlobWriter } from '../engine/blob-engine.js';
import type { Awaitable } from '../engine/metadata-engine.js';
import type { SlabPool } from '../memory/slab-pool.js';
import type { ReceivedBody } from '../receive-body.js';
import type { DataKey } from './data-key.js';
import { plainChunkBytes, sealedSize } from './sealed-size.js';

/** Slabs of one body that are being sealed or written, besides the one that is being filled. */
const SLABS_UNDER_WAY = 2;

const NO_SLAB = Buffer.alloc(0);

/** What bodies are sealed with: the object's key, and what all share. */
export interface SealedBodyParts {
  readonly dataKey: DataKey;
  readonly bodyThreads: BodyThreads;
  readonly crc64: Crc64Engine;
  readonly slabs: SlabPool;
}

/**
 * A body on its way to a blob, sealed on the way. Plain bytes are gathered in a slab; a full one is digested
 * and sealed where it is while the next one fills, then written.
 */
export class SealedBody {
  readonly #slabs: SlabPool;
  readonly #blob: BlobWriter;
  readonly #sealer: RunningSealer;
  readonly #crc64: RunningCrc64;
  readonly #plainChunk: number;
  /** How much of a slab is asked for. */
  readonly #wanted: number;
  #slab: Buffer;
  /** How many plain bytes the slab takes. */
  #room: number;
  #filled = 0;
  /** The number of the slab's first chunk. */
  #first = 0;
  /** For each slab that was handed on, when it is written; oldest first. */
  readonly #underWay: Promise<void>[] = [];
  /** The last of the writes, which go to the blob one after another. */
  #written: Promise<void> = Promise.resolve();

  private constructor(
    { dataKey, slabs, crc64 }: SealedBodyParts,
    blob: BlobWriter,
    sealer: RunningSealer,
    size: number | undefined,
  ) {
    this.#slabs = slabs;
    this.#blob = blob;
    this.#sealer = sealer;
    this.#crc64 = crc64.start();
    this.#plainChunk = plainChunkBytes(dataKey.cipher);
    this.#wanted =
      size === undefined
        ? Number.POSITIVE_INFINITY
        : Math.ceil(Math.max(1, size) / this.#plainChunk) * CHUNK_BYTES;
    this.#slab = slabs.take(this.#wanted);
    this.#room = this.#roomIn(this.#slab);
  }

  /** `size` in bytes, where that is known. */
  static async begin(
    parts: SealedBodyParts,
    size: number | undefined,
    createBlob: (expectedSize: number | undefined) => Promise<BlobWriter>,
  ): Promise<SealedBody> {
    const { dataKey, bodyThreads } = parts;
    const blob = await createBlob(
      size === undefined ? undefined : sealedSize(size, dataKey.cipher),
    );
    const sealer = bodyThreads.startSealing(size, dataKey.forBody(blob.id));
    return new SealedBody(parts, blob, sealer, size);
  }

  write(chunk: Uint8Array): Awaitable<void> {
    this.#crc64.update(chunk);
    if (chunk.length <= this.#room - this.#filled) {
      this.#take(chunk);
      return;
    }
    return this.#writeThrough(chunk);
  }

  async finish(size: number): Promise<ReceivedBody> {
    // There is something in the slab: a full one is handed on when more bytes come, and not before, for
    // whether its last chunk is the body's last is part of what is sealed.
    await this.#submit(true);
    await Promise.all(this.#underWay);
    const md5 = await this.#sealer.finish();
    await this.#blob.finish();
    return { size, md5, crc64: this.#crc64.digest(), content: this.#blob };
  }

  async abort(): Promise<void> {
    this.#sealer.abandon();
    await Promise.allSettled(this.#underWay);
    this.#slabs.release(this.#slab);
    await this.#blob.abort();
  }

  /** Whole chunks, for chunks lie on the disk where blocks do. */
  #roomIn(slab: Buffer): number {
    return Math.floor(slab.length / CHUNK_BYTES) * this.#plainChunk;
  }

  #take(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    // Shared memory: see BlobFileWriter.
    this.#slab.fill(bytes, this.#filled, this.#filled + bytes.length);
    this.#filled += bytes.length;
  }

  async #writeThrough(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#filled === this.#room) await this.#submit(false);
      const part = rest.subarray(0, this.#room - this.#filled);
      this.#take(part);
      rest = rest.subarray(part.length);
    }
  }

  /** Hands the slab on, behind the ones before it. */
  async #submit(isEnd: boolean): Promise<void> {
    if (this.#underWay.length === SLABS_UNDER_WAY) await this.#underWay[0];
    const slab = this.#slab;
    const sealed = this.#sealer.seal(slab, this.#filled, this.#first, isEnd);
    this.#first += this.#filled / this.#plainChunk;
    this.#filled = 0;
    const before = this.#written;
    const written = (async () => {
      try {
        const bytes = await sealed;
        await before;
        await this.#blob.write(slab.subarray(0, bytes));
      } finally {
        this.#slabs.release(slab);
      }
    })();
    this.#written = written;
    // Whoever writes or ends next learns of a failure; until then it is not unhandled.
    written.then(
      () => void this.#underWay.shift(),
      () => {},
    );
    this.#underWay.push(written);
    this.#slab = isEnd ? NO_SLAB : this.#slabs.take(this.#wanted);
    this.#room = this.#roomIn(this.#slab);
  }
}
