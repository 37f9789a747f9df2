import { ClientError } from './client-error.js';

/** The request was to be signed and there is nothing to sign it with. */
export class CredentialsError extends ClientError {
  readonly retryable: boolean;

  /** `retryable`: whether those who give credentials may do so when they are asked again. */
  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
  ) {
    super(message, options);
    this.retryable = options.retryable ?? false;
  }
}

/** The Go SDK's text for credentials that are absent or empty. */
export const NO_CREDENTIALS = 'SigningContext.Credentials is null or empty.';
