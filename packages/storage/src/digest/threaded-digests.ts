import { ORDER } from '../../threads/digest-messages.mjs';
import type { BodyDigests, RunningDigests } from './body-digests.js';
import type { DigestStream, StreamListener } from './digest-stream.js';

/** Begins one digest on a thread. */
type Begin = (algorithm: 'md5' | 'crc64', listener: StreamListener) => DigestStream;

/** A piece of the body that threads are reading. */
interface Piece {
  /** How many of them. */
  readers: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The digests of one body, each on a thread, which reads the pieces where they are. */
export class ThreadedDigests implements RunningDigests {
  readonly #streams: readonly [md5: DigestStream, crc64: DigestStream];
  readonly #pieces = new Map<number, Piece>();
  readonly #results: (string | undefined)[] = [undefined, undefined];
  #lastPiece = 0;
  #failure: Error | undefined;
  #ended = false;
  /** Wakes whoever waits for the results. */
  #wake: (() => void) | undefined;

  constructor(begin: Begin) {
    const listener = (at: number): StreamListener => ({
      taken: (piece) => this.#taken(piece),
      done: (digest) => {
        this.#results[at] = digest;
        this.#wake?.();
      },
      failed: (error) => this.#fail(error),
    });
    this.#streams = [begin('md5', listener(0)), begin('crc64', listener(1))];
  }

  update(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      const number = ++this.#lastPiece;
      this.#pieces.set(number, { readers: this.#streams.length, resolve, reject });
      const shared = inSharedMemory(bytes);
      for (const stream of this.#streams) stream.send(ORDER.update, number, shared);
    });
  }

  async finish(): Promise<BodyDigests> {
    for (const stream of this.#streams) stream.send(ORDER.finish);
    while (this.#results.includes(undefined)) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#end();
    const [md5 = '', crc64 = ''] = this.#results;
    return { md5, crc64: BigInt(`0x${crc64}`) };
  }

  abandon(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const stream of this.#streams) stream.send(ORDER.abandon);
    // Pieces that threads are reading are still waited for: their memory must not become another's.
    if (this.#pieces.size === 0) this.#end();
  }

  #taken(number: number): void {
    const piece = this.#pieces.get(number);
    if (piece === undefined || --piece.readers > 0) return;
    this.#pieces.delete(number);
    piece.resolve();
    if (this.#ended && this.#pieces.size === 0) this.#end();
  }

  #fail(cause: Error): void {
    this.#failure ??= new Error('The digests of a body could not be reckoned', { cause });
    for (const { reject } of this.#pieces.values()) reject(this.#failure);
    this.#pieces.clear();
    this.#wake?.();
  }

  #end(): void {
    this.#ended = true;
    for (const stream of this.#streams) stream.end();
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
