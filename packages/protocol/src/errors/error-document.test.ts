import { describe, expect, it } from 'vitest';
import { errorCatalogue } from './catalogue.js';
import { readErrorAnswer, writeErrorDocument } from './error-document.js';
import { OssError } from './oss-error.js';

describe('the error document', () => {
  it("is OSS's", () => {
    const error = new OssError('NoSuchBucket', { details: { BucketName: 'test' } });
    expect(
      writeErrorDocument(error, '5C3D9175B6FC201293AD4E8F', 'test.oss-cn-hangzhou.aliyuncs.com'),
    ).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<Error>
  <Code>NoSuchBucket</Code>
  <Message>The specified bucket does not exist.</Message>
  <RequestId>5C3D9175B6FC201293AD4E8F</RequestId>
  <HostId>test.oss-cn-hangzhou.aliyuncs.com</HostId>
  <BucketName>test</BucketName>
  <EC>0015-00000101</EC>
  <RecommendDoc>https://api.aliyun.com/troubleshoot?q=0015-00000101</RecommendDoc>
</Error>
`,
    );
  });

  it('is read back as it was written', () => {
    const error = new OssError('RequestTimeTooSkewed', {
      details: { RequestTime: 'a', ServerTime: '<b>' },
    });
    const read = readErrorAnswer({
      status: 403,
      document: writeErrorDocument(error, 'ID', 'host'),
      requestId: undefined,
      ec: undefined,
    });
    expect(read).toMatchObject({
      code: error.code,
      message: error.message,
      ec: error.ec,
      details: error.details,
      status: 403,
      requestId: 'ID',
      hostId: 'host',
    });
  });

  it.each([
    [404, 'NoSuchKey'],
    [412, 'PreconditionFailed'],
    [304, 'NotModified'],
    [500, 'BadErrorResponse'],
  ])('may be missing: %d is %s', (status, code) => {
    expect(readErrorAnswer({ status, document: '', requestId: 'ID', ec: undefined })).toMatchObject(
      { code, requestId: 'ID' },
    );
  });

  it('may be something else', () => {
    expect(
      readErrorAnswer({
        status: 502,
        document: '<html>Bad gateway',
        requestId: undefined,
        ec: undefined,
      }),
    ).toMatchObject({
      code: 'BadErrorResponse',
      status: 502,
      message: expect.stringContaining('<html>Bad gateway'),
    });
  });
});

describe('an element that holds elements', () => {
  const written = writeErrorDocument(
    new OssError('DeniedByRamPolicy', {
      details: { BucketName: 'b' },
      groups: { AccessDeniedDetail: { AuthAction: 'oss:Put<Object>', PolicyType: 'x\u0001' } },
    }),
    'id',
    'host',
  );

  it('is written with its own, legibly', () => {
    expect(written).toContain(`  <AccessDeniedDetail>
    <AuthAction>oss:Put&lt;Object&gt;</AuthAction>
    <PolicyType>x\uFFFD</PolicyType>
  </AccessDeniedDetail>
  <EC>0003-00000201</EC>`);
  });

  it('is read as such, and not among the details', () => {
    const read = readErrorAnswer({
      status: 403,
      document: written,
      requestId: 'id',
      ec: undefined,
    });
    expect(read.details).toEqual({ BucketName: 'b' });
    expect(read.groups).toEqual({
      AccessDeniedDetail: { AuthAction: 'oss:Put<Object>', PolicyType: 'x\uFFFD' },
    });
  });
});

describe('the catalogue', () => {
  it.each(Object.entries(errorCatalogue))(
    '%s has a status, a sentence and an EC in form',
    (_kind, row) => {
      expect(row.status).toBeGreaterThanOrEqual(300);
      expect(row.status).toBeLessThan(600);
      expect(row.message).not.toBe('');
      if ('ec' in row) expect(row.ec).toMatch(/^\d{4}-\d{8}$/);
    },
  );
});
