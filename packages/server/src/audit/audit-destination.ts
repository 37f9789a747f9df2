/** Where the lines of an audit log go. */
export interface AuditDestination {
  /**
   * Writes whole lines, or what was left of them. Rejects with {@link PartlyWritten} where not all could be
   * written; the rest is to come in the next call.
   */
  write(lines: Buffer): Promise<void>;
  /** Takes another file of the same name, where somebody has moved the old one away. */
  reopen(): Promise<void>;
  /** Writes before it returns, as far as it can: the process is about to end. Never throws. */
  writeNow(lines: Buffer): void;
  close(): Promise<void>;
}

/** A write that failed when some of it was done. */
export class PartlyWritten extends Error {
  /** Bytes that are written. */
  readonly written: number;

  constructor(written: number, cause: unknown) {
    super('not all could be written', { cause });
    this.name = 'PartlyWritten';
    this.written = written;
  }
}
