import type { Awaitable } from '../engine/metadata-engine.js';

/** The digests that every body has. */
export interface BodyDigests {
  /** Upper-case hexadecimal MD5. */
  readonly md5: string;
  /** CRC-64/XZ. */
  readonly crc64: bigint;
}

/** The digests of one body, as its bytes come; exactly one of `finish` and `abandon` ends it. */
export interface RunningDigests {
  /**
   * Takes the next bytes. They may be changed when what it returns has resolved; the next bytes may
   * be given before.
   */
  update(bytes: Uint8Array): Awaitable<unknown>;
  finish(): Promise<BodyDigests>;
  /** Lets go of it without a result; harmless after `finish`. */
  abandon(): void;
}
