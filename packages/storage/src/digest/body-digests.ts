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
   * Takes the next bytes; a promise asks the caller to wait before the next call. The bytes may be
   * changed when this has returned or resolved.
   */
  update(bytes: Uint8Array): Promise<void> | undefined;
  finish(): Promise<BodyDigests>;
  /** Lets go of it without a result; harmless after `finish`. */
  abandon(): void;
}
