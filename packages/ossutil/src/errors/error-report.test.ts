import { describe, expect, it } from 'vitest';
import { ClientError } from './client-error.js';
import { errorReport } from './error-report.js';
import { InterruptedError } from './interrupted-error.js';
import { ServiceError } from './service-error.js';
import { UsageError } from './usage-error.js';

describe('the report of an error', () => {
  it('is one Error line, and one Hint line only where there is advice', () => {
    expect(errorReport(new UsageError('unknown flag: --x')).text).toBe(
      'Error: unknown flag: --x\n',
    );
    expect(errorReport(new UsageError('unknown flag: --x', { advice: 'use --y' })).text).toBe(
      'Error: unknown flag: --x\nHint: use --y\n',
    );
  });

  it('puts the advice after the service error block, never inside it', () => {
    const error = new ServiceError(
      {
        operation: 'PutObject',
        status: 404,
        code: 'NoSuchBucket',
        requestId: 'r',
        message: 'The specified bucket does not exist.',
        ec: '0015-00000101',
        method: 'PUT',
        url: 'https://b.example.com/k',
      },
      { bucket: 'b' },
    );
    const { text } = errorReport(error);
    expect(text.startsWith(`Error: ${error.message}\nHint: `)).toBe(true);
  });

  it.each([
    [new UsageError('u'), 1],
    [new ClientError('c'), 3],
    [new InterruptedError(), 5],
    [new TypeError('a defect'), 3],
  ])('gives each kind of error its documented status (%s)', (error, status) => {
    expect(errorReport(error).exitCode).toBe(status);
  });

  it('calls an unexpected exception a defect', () => {
    expect(errorReport(new TypeError('x is not a function')).text).toMatch(
      /^Error: internal error .*x is not a function/,
    );
    expect(errorReport('thrown text').text).toContain('thrown text');
  });
});
