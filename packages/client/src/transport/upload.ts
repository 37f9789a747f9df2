import type { ClientRequest } from 'node:http';
import type { RunningCrc64 } from '@openoss/protocol';
import type { BodyReading, BodySource } from '../body/body-source.js';
import { BodyError } from '../errors/body-error.js';
import type { SocketDeadlines } from './socket-deadlines.js';
import { startCrc64 } from './start-crc64.js';

/** What an {@link Upload} works with. */
export interface UploadOptions {
  readonly deadlines: SocketDeadlines;
  /** The most bytes a body without a known size may have. */
  readonly maxBytes: number | undefined;
  /** Called as bytes have been handed to the connection, with the sum of them. */
  readonly onProgress: ((sentBytes: number) => void) | undefined;
}

/** Sends one body on one request: no more is held in memory than the connection takes. */
export class Upload {
  readonly #request: ClientRequest;
  readonly #source: BodySource;
  readonly #options: UploadOptions;
  #crc: RunningCrc64 | undefined;
  #reading: BodyReading | undefined;
  #sentBytes = 0;
  #stopped = false;
  #wake: () => void = () => {};

  constructor(request: ClientRequest, source: BodySource, options: UploadOptions) {
    this.#request = request;
    this.#source = source;
    this.#options = options;
    request.on('drain', () => this.#wake());
  }

  /** CRC-64/XZ of what was sent; nothing more is sent then. Undefined before anything could be. */
  takeCrc64(): bigint | undefined {
    this.#stopped = true;
    return this.#crc?.digest();
  }

  /**
   * Sends it all and ends the request. Rejects with a `BodyError` when the body fails; the request is
   * then not ended and must be destroyed. What befalls the connection shows on the request only: a
   * connection that is gone leaves this pending until {@link stop}.
   */
  async run(): Promise<void> {
    const { deadlines } = this.#options;
    deadlines.pause();
    this.#crc = await startCrc64(this.#source.size);
    const reading = await this.#source.open();
    this.#reading = reading;
    if (this.#stopped) reading.cancel();
    let chunk = await this.#next(reading);
    while (chunk !== undefined) {
      // The next chunk is known before this one goes out: the last byte of a body that turns out
      // longer than promised must not be sent, or the service would store what came so far.
      const isLast = this.#sentBytes + chunk.length === this.#source.size;
      const following = isLast ? await this.#next(reading) : undefined;
      if (following !== undefined) throw wrongSize(this.#source.size, 'more');
      await this.#send(chunk);
      chunk = isLast ? undefined : await this.#next(reading);
    }
    if (!this.#stopped) this.#end();
  }

  /** Sends nothing more and lets go of the body. */
  stop(): void {
    this.#stopped = true;
    this.#reading?.cancel();
    this.#wake();
  }

  /** The next bytes, never none; undefined at the end and when stopped. */
  async #next(reading: BodyReading): Promise<Uint8Array | undefined> {
    const { deadlines } = this.#options;
    deadlines.pause();
    let chunk: Uint8Array | undefined;
    do {
      if (this.#stopped) return undefined;
      chunk = await reading.next();
    } while (chunk?.length === 0);
    deadlines.resume();
    return this.#stopped ? undefined : chunk;
  }

  async #send(chunk: Uint8Array): Promise<void> {
    const { maxBytes, onProgress } = this.#options;
    const { size } = this.#source;
    if (this.#stopped) return;
    const sum = this.#sentBytes + chunk.length;
    if (size !== undefined && sum > size) throw wrongSize(size, 'more');
    if (size === undefined && maxBytes !== undefined && sum > maxBytes)
      throw bodyTooLarge(maxBytes);
    this.#crc?.update(chunk);
    if (!this.#request.write(chunk)) await this.#drained();
    // An answer that came meanwhile must be seen before the next write finds the connection closed.
    await new Promise((resolve) => setImmediate(resolve));
    this.#sentBytes = sum;
    onProgress?.(sum);
  }

  #end(): void {
    const { size } = this.#source;
    if (size !== undefined && this.#sentBytes < size) throw wrongSize(size, `${this.#sentBytes}`);
    this.#request.end();
  }

  #drained(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** The refusal of a body that is longer than one request may upload; both in bytes. */
export function bodyTooLarge(maxBytes: number, size?: number): BodyError {
  const has = size === undefined ? '' : `${size} bytes, `;
  return new BodyError(
    'too-large',
    `the body has ${has}more than the ${maxBytes} bytes that one request can upload`,
  );
}

function wrongSize(expected: number | undefined, actual: string): BodyError {
  return new BodyError('changed', `the body was to have ${expected} bytes and has ${actual}`);
}
