import { OssError } from '@openoss/protocol';
import { ClientError } from '../errors/client-error.js';

const STATUSES: ReadonlySet<number> = new Set([401, 408, 429]);
const CODES: ReadonlySet<string> = new Set(['RequestTimeTooSkewed', 'BadRequest']);

/** Whether another attempt may succeed where this one failed (ossutil-2.md, 1.8). */
export function isRetryable(error: unknown): boolean {
  if (error instanceof OssError) {
    return error.status >= 500 || STATUSES.has(error.status) || CODES.has(error.code);
  }
  return error instanceof ClientError && error.retryable;
}
