const FIRST_SLAB_BYTES = 8 * 1024;
const SLAB_BYTES = 256 * 1024;
const LARGEST_SHARED = 32 * 1024;

/**
 * Hands out small buffers cut from larger ones: a buffer of its own costs a microsecond to make and
 * more to collect. The larger ones grow with what is asked for. What is handed out is never taken back; a slab goes when the last part of it does,
 * so this is for bytes that are soon done with.
 */
export class SmallBuffers {
  #slab = Buffer.alloc(0);
  #used = 0;
  #slabBytes = FIRST_SLAB_BYTES;

  /** A buffer of `size` bytes with anything in it. */
  take(size: number): Buffer {
    if (size > LARGEST_SHARED) return Buffer.allocUnsafeSlow(size);
    if (size > this.#slab.length - this.#used) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(this.#slabBytes, size));
      this.#slabBytes = Math.min(2 * this.#slabBytes, SLAB_BYTES);
      this.#used = 0;
    }
    const buffer = this.#slab.subarray(this.#used, this.#used + size);
    // The next one begins at a multiple of eight, as those that copy and reckon prefer.
    this.#used = (this.#used + size + 7) & ~7;
    return buffer;
  }
}
