import { parseQuery } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { toldPath, toldQuery, toldText } from './told-query.js';

const SECRET = 's3cr3t-s3cr3t';

describe('a query string as it is told', () => {
  it.each([
    ['acl', 'acl'],
    ['prefix=a%2Fb&max-keys=3', 'prefix=a%2Fb&max-keys=3'],
    [`OSSAccessKeyId=LTAI&Expires=1&Signature=${SECRET}`, 'OSSAccessKeyId=LTAI&Expires=1'],
    [`security-token=${SECRET}`, undefined],
    [`x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-signature=${SECRET}&acl`, 'acl'],
    [
      `x-oss-credential=${SECRET}&x-oss-security-token=${SECRET}&x-oss-expires=60`,
      'x-oss-expires=60',
    ],
    // Not what OSS calls them, but what somebody may have meant.
    [`SIGNATURE=${SECRET}&X-Amz-Signature=${SECRET}&AccessKeySecret=${SECRET}&tagging`, 'tagging'],
    [`callback=${SECRET}&callback-var=${SECRET}`, undefined],
    // URLs that were glued together, encoded twice, or are values themselves.
    [`versionId=1?Signature=${SECRET}`, undefined],
    [`Signature%3D${SECRET}&acl`, 'acl'],
    [`x=y%26Signature%3D${SECRET}`, undefined],
    [`x=y%2526Signature%253D${SECRET}`, undefined],
    [`back=http://b.example/k?security-token=${SECRET}`, undefined],
  ])('%s', (sent, told) => {
    expect(toldQuery(parseQuery(sent))).toBe(told);
  });
});

it('a path with a signature in it is not told', () => {
  expect(toldPath('/Bucket/key')).toBe('/Bucket/key');
  expect(toldPath(`/b/k%3FSignature=${SECRET}`)).toBeUndefined();
  expect(toldPath(`/b/k%3Fx-oss-signature%3D${SECRET}`)).toBeUndefined();
});

describe('a text as it is told', () => {
  it.each([
    ['a/b.txt', 'a/b.txt'],
    ['100%', '100%'],
    ['signature.png', 'signature.png'],
    [`a?Expires=1&Signature=${SECRET}&x=1`, 'a?Expires=1&…'],
    [`curl/8 (Authorization token=${SECRET})`, 'curl/8 (Authorization …'],
    [`a%3FExpires%3D1%26Signature%3D${SECRET}`, 'a…'],
    [`%53ignature=${SECRET}`, '…'],
    [`x-oss-%73ecurity-token=${SECRET}`, 'x-oss-%73ecurity-…'],
  ])('%s', (sent, told) => {
    expect(toldText(sent)).toBe(told);
  });
});
