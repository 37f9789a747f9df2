import { ORDER } from '../../threads/body-messages.mjs';
import type { BodyStream, StreamListener } from './body-stream.js';

/** A piece of the body that the thread has. */
interface Piece {
  readonly resolve: (result: number) => void;
  readonly reject: (error: Error) => void;
}

/** One body on a thread, which works on its pieces where they are, one after another. */
export class ThreadedBody {
  readonly #stream: BodyStream;
  readonly #pieces = new Map<number, Piece>();
  #md5: string | undefined;
  #lastPiece = 0;
  #failure: Error | undefined;
  #ended = false;
  /** Wakes whoever waits for the result. */
  #wake: (() => void) | undefined;

  constructor(begin: (listener: StreamListener) => BodyStream) {
    this.#stream = begin({
      taken: (piece, result) => this.#taken(piece, result),
      done: (md5) => {
        this.#md5 = md5;
        this.#wake?.();
      },
      failed: (error) => this.#fail(error),
    });
  }

  /**
   * Has a piece in shared memory digested, sealed or opened; it is nobody else's until that resolves, with
   * what the thread answers. The next may be given before.
   */
  give(
    order: (typeof ORDER)['digest' | 'seal' | 'open'],
    bytes: Uint8Array,
    ...values: readonly unknown[]
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      const number = ++this.#lastPiece;
      this.#pieces.set(number, { resolve, reject });
      // A plain view: what is sent is the view, and the memory stays where it is.
      const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#stream.send(order, number, view, ...values);
    });
  }

  /** The MD5 of all that was digested or sealed, in upper-case hexadecimal. */
  async finish(): Promise<string> {
    this.#stream.send(ORDER.finish);
    while (this.#md5 === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#end();
    return this.#md5;
  }

  /** Lets go of it without a result; harmless after `finish`. */
  abandon(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream.send(ORDER.abandon);
    // A piece that the thread is at is still waited for: its memory must not become another's.
    if (this.#pieces.size === 0) this.#end();
  }

  #taken(number: number, result: number): void {
    this.#pieces.get(number)?.resolve(result);
    this.#pieces.delete(number);
    if (this.#ended && this.#pieces.size === 0) this.#end();
  }

  #fail(cause: Error): void {
    this.#failure ??= new Error('A thread failed that works on bodies', { cause });
    for (const { reject } of this.#pieces.values()) reject(this.#failure);
    this.#pieces.clear();
    this.#wake?.();
  }

  #end(): void {
    this.#ended = true;
    this.#stream.end();
  }
}
