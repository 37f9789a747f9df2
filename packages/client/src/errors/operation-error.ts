import type { ClientError } from './client-error.js';
import type { FailedRequest } from './failed-request.js';
import { ServiceError } from './service-error.js';

/** Go's zero time, which the Go SDK prints where there is no time. */
const ZERO_TIME = '0001-01-01 00:00:00 +0000 UTC';

/**
 * A failure in the words of the Go SDK v2 (`oss/errors.go`), which scripts grep: `operation error
 * PutObject: ` and then the cause; for what the service refused, its eight lines to the byte, the
 * space at the end of the first four included.
 */
export class OperationError extends Error {
  readonly operation: string;
  readonly attempts: number;
  readonly method: string;
  readonly url: string | undefined;
  override readonly cause: ServiceError | ClientError;

  constructor(cause: ServiceError | ClientError) {
    const request: FailedRequest = cause.request ?? {
      operation: '',
      method: '',
      url: undefined,
      attempts: 0,
      serverDate: undefined,
    };
    const text = cause instanceof ServiceError ? serviceErrorText(cause) : cause.message;
    super(`operation error ${request.operation}: ${text}`);
    this.name = 'OperationError';
    this.cause = cause;
    this.operation = request.operation;
    this.attempts = request.attempts;
    this.method = request.method;
    this.url = request.url;
  }
}

function serviceErrorText(error: ServiceError): string {
  const { method, url, serverDate } = error.request;
  return [
    'Error returned by Service. ',
    `Http Status Code: ${error.status}. `,
    `Error Code: ${error.code}. `,
    `Request Id: ${error.requestId ?? ''}. `,
    `Message: ${error.message}.`,
    `EC: ${error.ec ?? ''}.`,
    `Timestamp: ${serverDate === undefined ? ZERO_TIME : goTime(serverDate)}.`,
    `Request Endpoint: ${method} ${url ?? ''}.`,
  ].join('\n');
}

/** A whole second in UTC as Go prints it: `2026-05-08 06:25:08 +0000 UTC`. */
function goTime(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} +0000 UTC`;
}
