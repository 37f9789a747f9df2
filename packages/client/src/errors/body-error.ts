import { ClientError } from './client-error.js';

/** Why a body could not be sent: it cannot be read, it changed while it was read, or it is too long. */
export type BodyFault = 'unreadable' | 'changed' | 'too-large';

/** The body to upload failed on this side. The connection is broken off, so nothing is stored. */
export class BodyError extends ClientError {
  readonly retryable = false;
  readonly fault: BodyFault;

  constructor(fault: BodyFault, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.fault = fault;
  }
}
