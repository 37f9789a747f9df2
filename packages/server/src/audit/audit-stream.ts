import type { Writable } from 'node:stream';
import type { AuditDestination } from './audit-destination.js';

/** A stream that takes lines: standard output, or the pipe from a worker to its primary. */
export class AuditStream implements AuditDestination {
  readonly #stream: Writable;
  readonly #onError = () => {};

  constructor(stream: Writable) {
    this.#stream = stream;
    // Who listens to it may go away; a write that fails says so by itself.
    stream.on('error', this.#onError);
  }

  write(lines: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(lines, (error) => (error == null ? resolve() : reject(error)));
    });
  }

  /** There is nothing to be opened. */
  async reopen(): Promise<void> {}

  /** Nothing: what a stream has not sent yet may be the beginning of a line. */
  writeNow(): void {}

  async close(): Promise<void> {}
}
