import { ORDER } from '../../threads/body-messages.mjs';
import { type BodyKey, ChunkCipher } from '../../threads/chunk-cipher.mjs';
import type { Awaitable } from '../engine/metadata-engine.js';
import type { BodyStream, StreamListener } from './body-stream.js';
import { ThreadedBody } from './threaded-body.js';

/** Opens the chunks of one sealed body, in whatever order they are asked for; `end` ends it. */
export interface RunningOpener {
  /**
   * Opens the first `sealedBytes` of a buffer in shared memory and answers as `ChunkCipher.openAll`
   * does; it is nobody else's until that resolves. The next may be given before.
   */
  open(buffer: Buffer, sealedBytes: number, first: number, isEnd: boolean): Awaitable<number>;
  end(): void;
}

/** On this thread. */
export class InlineOpener implements RunningOpener {
  readonly #cipher: ChunkCipher;

  constructor(key: BodyKey) {
    this.#cipher = new ChunkCipher(key);
  }

  open(buffer: Buffer, sealedBytes: number, first: number, isEnd: boolean): number {
    return this.#cipher.openAll(buffer, sealedBytes, first, isEnd);
  }

  /** Nothing is held that others wait for. */
  end(): void {}
}

/** On another one. */
export class ThreadedOpener implements RunningOpener {
  readonly #body: ThreadedBody;

  constructor(begin: (listener: StreamListener) => BodyStream) {
    this.#body = new ThreadedBody(begin);
  }

  open(buffer: Buffer, sealedBytes: number, first: number, isEnd: boolean): Promise<number> {
    return this.#body.give(ORDER.open, buffer, sealedBytes, first, isEnd);
  }

  end(): void {
    this.#body.abandon();
  }
}
