import { NetworkError } from './network-error.js';

/** The connection ended before the answer did. */
export class TruncatedAnswerError extends NetworkError {
  readonly receivedBytes: number;
  /** The Content-Length of the answer, if it had one. */
  readonly expectedBytes: number | undefined;

  constructor(receivedBytes: number, expectedBytes: number | undefined, cause?: unknown) {
    const of = expectedBytes === undefined ? '' : ` of ${expectedBytes}`;
    super(`unexpected EOF, the answer broke off after ${receivedBytes}${of} bytes`, {
      code: 'ECONNRESET',
      retryable: true,
      cause,
    });
    this.receivedBytes = receivedBytes;
    this.expectedBytes = expectedBytes;
  }
}
