/** How many bytes of a transfer may have become garbage before it is collected. */
const COLLECT_BYTES = 8 * 1024 * 1024;

/**
 * Gives back the memory of chunks that were transferred; for both ends of a transfer.
 *
 * Node.js reads into a buffer of its own for each chunk. V8 looks at its heap, of which a chunk takes some
 * hundred bytes, and collects only when 32 MiB of buffers hang on it: then everything, which takes tens
 * of milliseconds of CPU time and stops the event loop for several. Collecting the young takes some
 * tenths of a millisecond.
 */
export class SpentChunks {
  #collectedAt = 0;
  #collect: (() => void) | undefined;

  /** Takes the sum of the bytes transferred so far, in either direction; one that is less begins again. */
  transferred(bytes: number): void {
    if (bytes < this.#collectedAt) this.#collectedAt = 0;
    if (bytes - this.#collectedAt < COLLECT_BYTES) return;
    this.#collectedAt = bytes;
    this.#collect ??= youngCollection();
    this.#collect();
  }
}

/** What collects the young garbage of this process; nothing where V8 does not let us. */
function youngCollection(): () => void {
  // Loaded here, for most runs transfer less.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  const { runInNewContext } = process.getBuiltinModule('node:vm');
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  return typeof collect === 'function' ? () => collect({ type: 'minor' }) : () => {};
}
