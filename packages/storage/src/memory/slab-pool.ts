import type { TransferMemory } from './transfer-memory.js';

/** Bytes of a slab: large writes keep the disk busy, and two of them a writer are cheap. */
export const SLAB_BYTES = 1024 * 1024;

/** Bytes of the slab that a writer gets when the others hold all that there is. */
export const SMALL_SLAB_BYTES = 64 * 1024;

/** Free slabs that are kept for the next writer. */
const KEPT_SLABS = 16;

/**
 * Large buffers that go from writer to writer instead of through the garbage collector. Their memory
 * is shared: the threads that reckon digests read it where it is.
 */
export class SlabPool {
  readonly #memory: TransferMemory;
  readonly #free: Buffer[] = [];
  readonly #lent = new Set<Buffer>();

  constructor(memory: TransferMemory) {
    this.#memory = memory;
  }

  /** A slab, or a buffer of `bytes` where fewer are wanted; a small one while memory is short. */
  take(bytes = SLAB_BYTES): Buffer {
    const granted = this.#memory.take(Math.min(bytes, SLAB_BYTES), SMALL_SLAB_BYTES);
    const slab =
      (granted === SLAB_BYTES ? this.#free.pop() : undefined) ??
      Buffer.from(new SharedArrayBuffer(granted));
    this.#lent.add(slab);
    return slab;
  }

  /** Takes a slab back; a second time does nothing. */
  release(slab: Buffer): void {
    if (!this.#lent.delete(slab)) return;
    this.#memory.giveBack(slab.length);
    if (slab.length === SLAB_BYTES && this.#free.length < KEPT_SLABS) this.#free.push(slab);
  }
}
