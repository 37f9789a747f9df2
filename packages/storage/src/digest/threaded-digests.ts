import type { Crc64Engine, RunningCrc64 } from '@openoss/protocol';
import { ORDER } from '../../threads/digest-messages.mjs';
import type { BodyDigests, RunningDigests } from './body-digests.js';
import type { DigestStream, StreamListener } from './digest-stream.js';

/** A piece of the body that the thread is reading. */
interface Piece {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The digests of one body: MD5 on a thread, which reads the pieces where they are, and meanwhile
 * CRC-64 here, at a seventh of a millisecond a MiB.
 */
export class ThreadedDigests implements RunningDigests {
  readonly #stream: DigestStream;
  readonly #crc64: RunningCrc64;
  readonly #pieces = new Map<number, Piece>();
  #md5: string | undefined;
  #lastPiece = 0;
  #failure: Error | undefined;
  #ended = false;
  /** Wakes whoever waits for the result. */
  #wake: (() => void) | undefined;

  constructor(begin: (listener: StreamListener) => DigestStream, crc64: Crc64Engine) {
    this.#stream = begin({
      taken: (piece) => this.#taken(piece),
      done: (md5) => {
        this.#md5 = md5;
        this.#wake?.();
      },
      failed: (error) => this.#fail(error),
    });
    this.#crc64 = crc64.start();
  }

  update(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      const number = ++this.#lastPiece;
      this.#pieces.set(number, { resolve, reject });
      this.#stream.send(ORDER.update, number, inSharedMemory(bytes));
      this.#crc64.update(bytes);
    });
  }

  async finish(): Promise<BodyDigests> {
    this.#stream.send(ORDER.finish);
    while (this.#md5 === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#end();
    return { md5: this.#md5, crc64: this.#crc64.digest() };
  }

  abandon(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream.send(ORDER.abandon);
    // A piece that the thread is reading is still waited for: its memory must not become another's.
    if (this.#pieces.size === 0) this.#end();
  }

  #taken(number: number): void {
    this.#pieces.get(number)?.resolve();
    this.#pieces.delete(number);
    if (this.#ended && this.#pieces.size === 0) this.#end();
  }

  #fail(cause: Error): void {
    this.#failure ??= new Error('The MD5 of a body could not be reckoned', { cause });
    for (const { reject } of this.#pieces.values()) reject(this.#failure);
    this.#pieces.clear();
    this.#wake?.();
  }

  #end(): void {
    this.#ended = true;
    this.#stream.end();
  }
}

function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) {
    // A plain view: what is sent is the view, and the memory stays where it is.
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
