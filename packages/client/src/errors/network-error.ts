import { ClientError } from './client-error.js';

/** What a {@link NetworkError} is made of. */
export interface NetworkErrorOptions {
  /** The code of Node.js, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  readonly retryable: boolean;
  readonly cause?: unknown;
}

/** No usable answer came: the host was not found, or the connection was refused, broken or not HTTP. */
export class NetworkError extends ClientError {
  readonly retryable: boolean;
  readonly code: string | undefined;

  constructor(message: string, options: NetworkErrorOptions) {
    super(message, options);
    this.retryable = options.retryable;
    this.code = options.code;
  }
}
