import { describe, expect, it } from 'vitest';
import { signAwsV4 } from '../../bench/load/sign-aws-v4.mjs';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, its examples. */
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  accessKeySecret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const always = [
  ['host', 'examplebucket.s3.amazonaws.com'],
  ['x-amz-content-sha256', EMPTY_SHA256],
  ['x-amz-date', '20130524T000000Z'],
] as const;

describe("Amazon's signature version 4", () => {
  it('signs the published GET Object example', () => {
    const headers = new Map([...always, ['range', 'bytes=0-9'] as const]);
    expect(signAwsV4({ method: 'GET', path: '/test.txt', query: '', headers }, credentials)).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
        'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ' +
        'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  it('signs the published list example, whose query counts', () => {
    const request = { method: 'GET', path: '/', headers: new Map(always) };
    expect(signAwsV4({ ...request, query: 'max-keys=2&prefix=J' }, credentials)).toMatch(
      /Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7$/,
    );
  });
});
