import { CommandError } from './command-error.js';
import { exitCodes } from './exit-code.js';
import { goTime } from './go-time.js';
import { type RequestSituation, serviceAdvice } from './service-advice.js';

/** What an error answer of the service says, as plain data. Missing texts are empty strings. */
export interface ServiceFailure {
  /** The operation's name, `PutObject`. */
  readonly operation: string;
  /** HTTP status. */
  readonly status: number;
  /** OSS error code, `AccessDenied`. */
  readonly code: string;
  readonly requestId: string;
  readonly message: string;
  /** OSS error case, `0003-00000001`. */
  readonly ec: string;
  /** The answer's `Date`; absent when it had none. */
  readonly date?: Date | undefined;
  /** The request's method and full URL. */
  readonly method: string;
  readonly url: string;
}

/**
 * The text of a service error. It is the Go SDK's template to the byte, the spaces before the ends
 * of its first four lines included, because scripts grep these lines.
 */
export function serviceErrorText(failure: ServiceFailure): string {
  return [
    `operation error ${failure.operation}: Error returned by Service. `,
    `Http Status Code: ${failure.status}. `,
    `Error Code: ${failure.code}. `,
    `Request Id: ${failure.requestId}. `,
    `Message: ${failure.message}.`,
    `EC: ${failure.ec}.`,
    `Timestamp: ${goTime(failure.date)}.`,
    `Request Endpoint: ${failure.method} ${failure.url}.`,
  ].join('\n');
}

/** The request was sent and the service answered with an error. Exit status 2. */
export class ServiceError extends CommandError {
  readonly exitCode = exitCodes.service;
  readonly failure: ServiceFailure;

  /** @param situation what the advice depends on besides the answer itself */
  constructor(failure: ServiceFailure, situation: RequestSituation = {}) {
    super(serviceErrorText(failure), { advice: serviceAdvice(failure, situation) });
    this.failure = failure;
  }
}
