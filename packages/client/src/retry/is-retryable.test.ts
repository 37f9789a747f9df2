import { OssError } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { BodyError } from '../errors/body-error.js';
import { CrcMismatchError } from '../errors/crc-mismatch-error.js';
import { NetworkError } from '../errors/network-error.js';
import { TimeoutError } from '../errors/timeout-error.js';
import { isRetryable } from './is-retryable.js';

const answered = (status: number, code: string) => OssError.received({ status, code, message: '' });

describe('what is worth another attempt', () => {
  it.each([
    [500, 'InternalError', true],
    [503, 'ServiceUnavailable', true],
    [401, 'Unauthorized', true],
    [408, 'RequestTimeout', true],
    [429, 'TooManyRequests', true],
    [403, 'RequestTimeTooSkewed', true],
    [400, 'BadRequest', true],
    [400, 'InvalidArgument', false],
    [403, 'AccessDenied', false],
    [404, 'NoSuchKey', false],
    [409, 'FileAlreadyExists', false],
    [304, 'NotModified', false],
    [302, 'BadErrorResponse', false],
  ])('%i %s: %s', (status, code, retryable) => {
    expect(isRetryable(answered(status, code))).toBe(retryable);
  });

  it('is what a client error says of itself', () => {
    expect(isRetryable(new CrcMismatchError(1n, '2'))).toBe(true);
    expect(isRetryable(new TimeoutError('connect', 'h', 1))).toBe(true);
    expect(isRetryable(new NetworkError('x', { code: 'ENOTFOUND', retryable: false }))).toBe(false);
    expect(isRetryable(new BodyError('changed', 'x'))).toBe(false);
  });

  it('is nothing unknown', () => {
    expect(isRetryable(new TypeError('a defect'))).toBe(false);
  });
});
