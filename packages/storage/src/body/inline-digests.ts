import { createHash, type Hash } from 'node:crypto';
import type { Crc64Engine, RunningCrc64 } from '@openoss/protocol';
import type { BodyDigests, RunningDigests } from './body-digests.js';

/** Digests that are reckoned on this thread, for bodies that are soon done with. */
export class InlineDigests implements RunningDigests {
  readonly #md5: Hash = createHash('md5');
  readonly #crc64: RunningCrc64;

  constructor(crc64: Crc64Engine) {
    this.#crc64 = crc64.start();
  }

  update(bytes: Uint8Array): void {
    this.#md5.update(bytes);
    this.#crc64.update(bytes);
  }

  async finish(): Promise<BodyDigests> {
    return { md5: this.#md5.digest('hex').toUpperCase(), crc64: this.#crc64.digest() };
  }

  /** Nothing is held that others wait for. */
  abandon(): void {}
}
