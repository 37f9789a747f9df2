import type { FailedRequest } from './failed-request.js';

/**
 * It failed on this side of the wire: the input, the credentials, the body, the network, or an
 * answer that cannot be used. What the service refuses is a `ServiceError` instead.
 */
export abstract class ClientError extends Error {
  /** Whether the same request may well succeed when it is tried again. */
  abstract readonly retryable: boolean;
  /** The request that failed; set by the client before it throws. */
  request: FailedRequest | undefined = undefined;

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
  }
}
