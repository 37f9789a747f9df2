import { ClientError } from './client-error.js';

/**
 * The request cannot be made from what was given; nothing was sent. The message is the Go SDK's
 * (`oss/errors.go`): `invalid field, OperationInput.Key.` or `missing required field, Bucket.`
 */
export class InvalidFieldError extends ClientError {
  readonly retryable = false;
  /** What exactly is wrong with the value, in a sentence, where the message does not say it. */
  readonly reason: string | undefined;

  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly reason?: string } = {},
  ) {
    super(message, options);
    this.reason = options.reason;
  }
}

/** The error for a value that is not legal; `name` as the SDK calls it, `OperationInput.Bucket`. */
export function invalidField(name: string, reason?: string): InvalidFieldError {
  return new InvalidFieldError(`invalid field, ${name}.`, reason === undefined ? {} : { reason });
}

/** The error for a required value that is absent; `name` as the SDK calls it, `Bucket`. */
export function missingField(name: string): InvalidFieldError {
  return new InvalidFieldError(`missing required field, ${name}.`);
}
