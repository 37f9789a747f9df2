import { createHash, type Hash } from 'node:crypto';
import { ORDER } from '../../threads/body-messages.mjs';
import { type BodyKey, ChunkCipher } from '../../threads/chunk-cipher.mjs';
import type { Awaitable } from '../engine/metadata-engine.js';
import type { BodyStream, StreamListener } from './body-stream.js';
import { ThreadedBody } from './threaded-body.js';

/** Seals one body, piece by piece, and digests it; exactly one of `finish` and `abandon` ends it. */
export interface RunningSealer {
  /**
   * Seals the first `plainBytes` of a buffer in shared memory, as `ChunkCipher.sealAll` does; it is
   * nobody else's until that resolves, with the bytes that were sealed. The next may be given before.
   */
  seal(buffer: Buffer, plainBytes: number, first: number, isEnd: boolean): Awaitable<number>;
  /** The MD5 of what was plain, in upper-case hexadecimal. */
  finish(): Awaitable<string>;
  /** Lets go of it without a result; harmless after `finish`. */
  abandon(): void;
}

/** On this thread. */
export class InlineSealer implements RunningSealer {
  readonly #md5: Hash = createHash('md5');
  readonly #cipher: ChunkCipher;

  constructor(key: BodyKey) {
    this.#cipher = new ChunkCipher(key);
  }

  seal(buffer: Buffer, plainBytes: number, first: number, isEnd: boolean): number {
    this.#md5.update(buffer.subarray(0, plainBytes));
    return this.#cipher.sealAll(buffer, plainBytes, first, isEnd);
  }

  finish(): string {
    return this.#md5.digest('hex').toUpperCase();
  }

  /** Nothing is held that others wait for. */
  abandon(): void {}
}

/** On another one. */
export class ThreadedSealer implements RunningSealer {
  readonly #body: ThreadedBody;

  constructor(begin: (listener: StreamListener) => BodyStream) {
    this.#body = new ThreadedBody(begin);
  }

  seal(buffer: Buffer, plainBytes: number, first: number, isEnd: boolean): Promise<number> {
    return this.#body.give(ORDER.seal, buffer, plainBytes, first, isEnd);
  }

  finish(): Promise<string> {
    return this.#body.finish();
  }

  abandon(): void {
    this.#body.abandon();
  }
}
