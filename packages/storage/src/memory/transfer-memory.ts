/** Bytes of buffers of large transfers unless told: many at once at full speed, in little memory. */
export const DEFAULT_TRANSFER_MEMORY = 256 * 1024 * 1024;

/**
 * Keeps count of the buffers that large transfers hold, uploads and downloads together. Nobody is
 * refused: where there is no room for large buffers a transfer makes do with small ones, so that
 * thousands of clients that stand still hold little, and one that does not is served.
 */
export class TransferMemory {
  readonly #limit: number;
  #held = 0;

  /** `limit` in bytes. */
  constructor(limit = DEFAULT_TRANSFER_MEMORY) {
    this.#limit = limit;
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /** `wanted` bytes where there is room for them, else the `least` that a transfer can do with. */
  take(wanted: number, least: number): number {
    const granted = this.#held + wanted <= this.#limit ? wanted : Math.min(wanted, least);
    this.#held += granted;
    return granted;
  }

  /** Gives back what was granted. */
  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}
