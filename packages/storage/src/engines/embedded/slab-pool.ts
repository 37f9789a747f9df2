/** Bytes of a slab: large writes keep the disk busy, and two of them a writer are cheap. */
export const SLAB_BYTES = 1024 * 1024;

/** Free slabs that are kept for the next writer. */
const KEPT_SLABS = 16;

/** Large buffers that go from writer to writer instead of through the garbage collector. */
export class SlabPool {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
  }

  /** Gives a buffer back; one of another size is left to the garbage collector. */
  release(slab: Buffer): void {
    if (slab.length === SLAB_BYTES && this.#free.length < KEPT_SLABS) this.#free.push(slab);
  }
}
