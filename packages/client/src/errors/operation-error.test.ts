import { OssError } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { CrcMismatchError } from './crc-mismatch-error.js';
import { invalidField } from './invalid-field-error.js';
import { OperationError } from './operation-error.js';
import { ServiceError } from './service-error.js';

const request = {
  operation: 'PutObject',
  method: 'PUT',
  url: 'https://bucket.oss-cn-hangzhou.aliyuncs.com/key',
  attempts: 2,
  serverDate: new Date('2026-05-08T06:25:08Z'),
};
const denied = OssError.received({
  status: 403,
  code: 'AccessDenied',
  message: 'The bucket you access does not belong to you.',
  ec: '0003-00000001',
  requestId: '6123ABC',
});

describe('an error in the words of the Go SDK', () => {
  it('has eight lines for what the service refused', () => {
    const error = new OperationError(new ServiceError(denied, request, new Map()));
    expect(error.message).toBe(
      'operation error PutObject: Error returned by Service. \n' +
        'Http Status Code: 403. \n' +
        'Error Code: AccessDenied. \n' +
        'Request Id: 6123ABC. \n' +
        'Message: The bucket you access does not belong to you..\n' +
        'EC: 0003-00000001.\n' +
        'Timestamp: 2026-05-08 06:25:08 +0000 UTC.\n' +
        'Request Endpoint: PUT https://bucket.oss-cn-hangzhou.aliyuncs.com/key.',
    );
    expect(error).toMatchObject({ operation: 'PutObject', attempts: 2, method: 'PUT' });
  });

  it('has the zero time of Go where the answer had no date', () => {
    const undated = new ServiceError(denied, { ...request, serverDate: undefined }, new Map());
    expect(new OperationError(undated).message).toContain(
      'Timestamp: 0001-01-01 00:00:00 +0000 UTC.',
    );
  });

  it('is the cause after the name of the operation for what failed here', () => {
    const mismatch = new CrcMismatchError(1n, '2');
    mismatch.request = request;
    const error = new OperationError(mismatch);
    expect(error.message).toBe(
      'operation error PutObject: crc is inconsistent, client 1, server 2',
    );
    expect(error.cause).toBe(mismatch);
  });

  it('takes an error that belongs to no request', () => {
    expect(new OperationError(invalidField('Endpoint')).message).toBe(
      'operation error : invalid field, Endpoint.',
    );
  });
});

describe('a service error', () => {
  it('is an OssError with all that was answered', () => {
    const error = new ServiceError(denied, request, new Map());
    expect(error).toBeInstanceOf(OssError);
    expect(error).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      ec: '0003-00000001',
      requestId: '6123ABC',
      message: 'The bucket you access does not belong to you.',
    });
  });
});
