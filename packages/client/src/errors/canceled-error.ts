import { ClientError } from './client-error.js';

/** The caller's `AbortSignal` ended the operation. */
export class CanceledError extends ClientError {
  readonly retryable = false;

  constructor(reason: unknown) {
    super(`canceled, ${reason instanceof Error ? reason.message : String(reason)}`, {
      cause: reason,
    });
  }
}
