/** A body being read, once. */
export interface BodyReading {
  /** The next bytes; undefined at the end. Rejects with a `BodyError`. */
  next(): Promise<Uint8Array | undefined>;
  /** Gives up reading and lets go of what is open; without waiting, and harmless at the end. */
  cancel(): void;
}

/** A body ready to be sent. */
export interface BodySource {
  /** Bytes, or undefined where only the end of a stream tells. */
  readonly size: number | undefined;
  /** Whether it can be opened more than once. */
  readonly replayable: boolean;
  /** Begins to read from the start. Rejects with a `BodyError`. */
  open(): Promise<BodyReading>;
}
