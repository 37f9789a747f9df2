import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { RunningCrc64 } from '@openoss/protocol';
import { CrcMismatchError } from '../errors/crc-mismatch-error.js';
import { TruncatedAnswerError } from '../errors/truncated-answer-error.js';

/** How an {@link AnswerBody} is watched. */
export interface AnswerBodyOptions {
  /** The consumer takes its time: no time limit counts until `onResumed`. */
  readonly onPaused: () => void;
  readonly onResumed: () => void;
  /** Called once, when all has come or nothing more will. */
  readonly onSettled: () => void;
}

/** What an {@link AnswerBody} does with its bytes besides handing them on. */
export interface AnswerBodyChecks {
  /** The CRC-64 that the bytes must have, in decimal, and what reckons it. */
  readonly crc64?: { readonly expected: string; readonly running: RunningCrc64 } | undefined;
  /** Told the sum of the bytes received, as they come. */
  readonly onProgress?: ((receivedBytes: number) => void) | undefined;
  /** Completes an error before anyone sees it. */
  readonly onFailure?: ((error: Error) => void) | undefined;
}

/**
 * The body of an answer: its bytes as they come, with backpressure. It ends only when all of it has
 * come and the checksum, where one is expected, is right; else it fails with a
 * `TruncatedAnswerError`, `CrcMismatchError` or whatever it is destroyed with. Destroying it early
 * closes the connection.
 */
export class AnswerBody extends Readable {
  readonly #message: IncomingMessage;
  readonly #options: AnswerBodyOptions;
  #checks: AnswerBodyChecks = {};
  #receivedBytes = 0;
  #settled = false;

  constructor(message: IncomingMessage, options: AnswerBodyOptions) {
    super({ highWaterMark: 256 * 1024 });
    this.#message = message;
    this.#options = options;
    // Whoever reads sees a failure all the same; whoever does not must not be ended by it.
    this.on('error', () => {});
    message.on('end', () => this.#onEnd());
    message.on('error', (error: Error) => this.#onBroken(error));
    message.on('close', () => {
      if (!message.complete) this.#onBroken(undefined);
    });
  }

  /** The bytes that the answer says it has; undefined where it does not. */
  get expectedBytes(): number | undefined {
    const length = this.#message.headers['content-length'];
    return length === undefined ? undefined : Number(length);
  }

  /** Lets the bytes come; to be called once. */
  begin(checks: AnswerBodyChecks): void {
    this.#checks = checks;
    // What failed while the checks were readied.
    if (this.errored !== null) checks.onFailure?.(this.errored);
    this.#message.on('data', (chunk: Buffer) => this.#onData(chunk));
  }

  override _read(): void {
    if (!this.#message.isPaused()) return;
    this.#options.onResumed();
    this.#message.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#settle();
    this.#message.destroy();
    if (error !== null) this.#checks.onFailure?.(error);
    callback(error);
  }

  #onData(chunk: Buffer): void {
    this.#receivedBytes += chunk.length;
    this.#checks.crc64?.running.update(chunk);
    const wantsMore = this.push(chunk);
    this.#checks.onProgress?.(this.#receivedBytes);
    if (wantsMore) return;
    this.#options.onPaused();
    this.#message.pause();
  }

  #onEnd(): void {
    if (!this.#message.complete) {
      this.#onBroken(undefined);
      return;
    }
    this.#settle();
    const { crc64 } = this.#checks;
    const digest = crc64?.running.digest();
    if (digest !== undefined && crc64 !== undefined && String(digest) !== crc64.expected) {
      this.destroy(new CrcMismatchError(digest, crc64.expected));
    } else {
      this.push(null);
    }
  }

  #onBroken(cause: Error | undefined): void {
    if (this.#settled) return;
    this.destroy(new TruncatedAnswerError(this.#receivedBytes, this.expectedBytes, cause));
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#options.onSettled();
  }
}
