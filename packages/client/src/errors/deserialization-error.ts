import { ClientError } from './client-error.js';

/** The service answered a success whose content is not what the operation answers. */
export class DeserializationError extends ClientError {
  readonly retryable = false;

  constructor(cause: Error) {
    super(`deserialization failed, ${cause.message}`, { cause });
  }
}
