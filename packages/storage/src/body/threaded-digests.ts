import type { Crc64Engine, RunningCrc64 } from '@openoss/protocol';
import { ORDER } from '../../threads/body-messages.mjs';
import type { BodyDigests, RunningDigests } from './body-digests.js';
import type { BodyStream, StreamListener } from './body-stream.js';
import { ThreadedBody } from './threaded-body.js';

/**
 * The digests of one body: MD5 on a thread, which reads the pieces where they are, and meanwhile
 * CRC-64 here, at a seventh of a millisecond a MiB.
 */
export class ThreadedDigests implements RunningDigests {
  readonly #body: ThreadedBody;
  readonly #crc64: RunningCrc64;

  constructor(begin: (listener: StreamListener) => BodyStream, crc64: Crc64Engine) {
    this.#body = new ThreadedBody(begin);
    this.#crc64 = crc64.start();
  }

  update(bytes: Uint8Array): Promise<unknown> {
    const taken = this.#body.give(ORDER.digest, inSharedMemory(bytes));
    this.#crc64.update(bytes);
    return taken;
  }

  async finish(): Promise<BodyDigests> {
    const md5 = await this.#body.finish();
    return { md5, crc64: this.#crc64.digest() };
  }

  abandon(): void {
    this.#body.abandon();
  }
}

function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
