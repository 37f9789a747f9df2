import type { BodyDigests, RunningDigests } from './body-digests.js';
import { type DigestStream, ORDER, type StreamListener } from './digest-threads.js';

/** Bytes of a piece: what a message to a thread is worth. */
const PIECE_BYTES = 256 * 1024;

/** Pieces of one body that are with the threads, or being filled. */
const PIECES = 4;

/** Begins one digest on a thread that shares `memory`. */
type Begin = (
  algorithm: 'md5' | 'crc64',
  memory: SharedArrayBuffer,
  listener: StreamListener,
) => DigestStream;

/** The digests of one body: its bytes are gathered into pieces of shared memory, which go round. */
export class ThreadedDigests implements RunningDigests {
  readonly #memory = new SharedArrayBuffer(PIECES * PIECE_BYTES);
  readonly #bytes = new Uint8Array(this.#memory);
  readonly #streams: readonly [md5: DigestStream, crc64: DigestStream];
  /** By piece, how many threads still need it. */
  readonly #held = new Uint8Array(PIECES);
  readonly #results: (string | undefined)[] = [undefined, undefined];
  #piece = 0;
  #filled = 0;
  #failure: Error | undefined;
  #ended = false;
  /** Wakes whoever waits for a piece or for a result. */
  #wake: (() => void) | undefined;

  constructor(begin: Begin) {
    const listener = (at: number): StreamListener => ({
      taken: (offset) => {
        const piece = offset / PIECE_BYTES;
        this.#held[piece] = (this.#held[piece] ?? 0) - 1;
        this.#wake?.();
      },
      done: (digest) => {
        this.#results[at] = digest;
        this.#wake?.();
      },
      failed: (error) => {
        this.#failure ??= error;
        this.#wake?.();
      },
    });
    this.#streams = [
      begin('md5', this.#memory, listener(0)),
      begin('crc64', this.#memory, listener(1)),
    ];
  }

  update(bytes: Uint8Array): Promise<void> | undefined {
    // The piece that is being filled is always free: only a full one may have to wait for the next.
    if (this.#failure === undefined && bytes.length <= PIECE_BYTES - this.#filled) {
      this.#take(bytes);
      if (this.#filled < PIECE_BYTES) return undefined;
      this.#submit();
      return this.#held[this.#piece] === 0 ? undefined : this.#free();
    }
    return this.#takeAll(bytes);
  }

  async finish(): Promise<BodyDigests> {
    if (this.#filled > 0) this.#submit();
    for (const stream of this.#streams) stream.send(ORDER.finish);
    const isDone = () => this.#results.every((result) => result !== undefined);
    while (!isDone()) {
      this.#check();
      await this.#woken();
    }
    this.#end();
    const [md5 = '', crc64 = ''] = this.#results;
    return { md5, crc64: BigInt(`0x${crc64}`) };
  }

  abandon(): void {
    if (this.#ended) return;
    for (const stream of this.#streams) stream.send(ORDER.abandon);
    this.#end();
  }

  async #takeAll(bytes: Uint8Array): Promise<void> {
    this.#check();
    let rest = bytes;
    while (rest.length > 0) {
      const part = rest.subarray(0, PIECE_BYTES - this.#filled);
      this.#take(part);
      rest = rest.subarray(part.length);
      if (this.#filled < PIECE_BYTES) continue;
      this.#submit();
      await this.#free();
    }
  }

  #take(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#piece * PIECE_BYTES + this.#filled);
    this.#filled += bytes.length;
  }

  /** Hands the piece to the threads and turns to the next. */
  #submit(): void {
    this.#held[this.#piece] = this.#streams.length;
    for (const stream of this.#streams) {
      stream.send(ORDER.update, this.#piece * PIECE_BYTES, this.#filled);
    }
    this.#piece = (this.#piece + 1) % PIECES;
    this.#filled = 0;
  }

  /** Waits until the piece to be filled next is nobody's. */
  async #free(): Promise<void> {
    while (this.#held[this.#piece] !== 0) {
      this.#check();
      await this.#woken();
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #check(): void {
    if (this.#failure !== undefined) {
      throw new Error('The digests of a body could not be reckoned', { cause: this.#failure });
    }
  }

  #end(): void {
    this.#ended = true;
    for (const stream of this.#streams) stream.end();
  }
}
