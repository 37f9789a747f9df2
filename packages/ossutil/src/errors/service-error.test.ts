import { describe, expect, it } from 'vitest';
import { ServiceError } from './service-error.js';

const failure = {
  operation: 'PutObject',
  status: 403,
  code: 'AccessDenied',
  requestId: '6123ABC',
  message: 'The bucket you access does not belong to you.',
  ec: '0003-00000001',
  date: new Date('2026-05-08T06:25:08Z'),
  method: 'PUT',
  url: 'https://bucket.oss-cn-hangzhou.aliyuncs.com/key',
};

describe('the text of a service error', () => {
  it('is the Go SDK template, trailing spaces of the first four lines included', () => {
    expect(new ServiceError(failure).message).toBe(
      'operation error PutObject: Error returned by Service. \n' +
        'Http Status Code: 403. \n' +
        'Error Code: AccessDenied. \n' +
        'Request Id: 6123ABC. \n' +
        'Message: The bucket you access does not belong to you..\n' +
        'EC: 0003-00000001.\n' +
        'Timestamp: 2026-05-08 06:25:08 +0000 UTC.\n' +
        'Request Endpoint: PUT https://bucket.oss-cn-hangzhou.aliyuncs.com/key.',
    );
  });

  it('prints the Go zero time when the answer had no readable Date', () => {
    const { date: _, ...undated } = failure;
    const zero = 'Timestamp: 0001-01-01 00:00:00 +0000 UTC.';
    expect(new ServiceError(undated).message).toContain(zero);
    expect(new ServiceError({ ...failure, date: new Date('nonsense') }).message).toContain(zero);
  });

  it('ends the program with status 2', () => {
    expect(new ServiceError(failure).exitCode).toBe(2);
  });
});
