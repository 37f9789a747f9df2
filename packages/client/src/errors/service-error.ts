import { OssError } from '@openoss/protocol';
import type { FailedRequest } from './failed-request.js';

/** The request was sent and the service refused it: the `OssError` it answered, and to what. */
export class ServiceError extends OssError {
  readonly request: FailedRequest;
  /** The headers of the answer by lower-case name. */
  readonly answerHeaders: ReadonlyMap<string, string>;

  constructor(
    answered: OssError,
    request: FailedRequest,
    answerHeaders: ReadonlyMap<string, string>,
  ) {
    super(answered);
    this.name = 'ServiceError';
    this.request = request;
    this.answerHeaders = answerHeaders;
  }
}
