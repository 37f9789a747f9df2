import { describe, expect, it } from 'vitest';
import { serviceAdvice } from './service-advice.js';

const failure = (code: string, message = '') => ({
  operation: 'PutObject',
  status: 400,
  code,
  requestId: '1',
  message,
  ec: '',
  method: 'PUT',
  url: 'http://b.localhost/k',
});

describe('advice on a service error', () => {
  it('asks an anonymous caller for credentials, and nobody else', () => {
    expect(serviceAdvice(failure('AccessDenied'), { anonymous: true })).toMatch(/-i and -k/);
    expect(serviceAdvice(failure('AccessDenied'), { anonymous: false })).toBeUndefined();
  });

  it('names the region when the bucket is reached through the wrong one', () => {
    const message =
      'The bucket you are attempting to access must be addressed using the specified endpoint.';
    expect(serviceAdvice(failure('AccessDenied', message))).toMatch(/another region/);
  });

  it('names the region where the signature names another', () => {
    const message = 'Invalid signing region in Authorization header.';
    expect(serviceAdvice(failure('InvalidArgument', message))).toMatch(/--region/);
    expect(serviceAdvice(failure('InvalidArgument', 'no such ACL'))).toBeUndefined();
  });

  it('says how tags are written', () => {
    const message = "The header 'x-oss-tagging' shall be encoded as UTF-8 then URLEncoded";
    expect(serviceAdvice(failure('InvalidArgument', message))).toMatch(/TagA=A&TagB=B/);
    expect(serviceAdvice(failure('InvalidTag'))).toMatch(/letters, digits/);
  });

  it('names the bucket that is missing', () => {
    expect(serviceAdvice(failure('NoSuchBucket'), { bucket: 'photos' })).toContain(
      'put-bucket --bucket photos',
    );
  });

  it.each([
    ['SignatureDoesNotMatch', /secret/],
    ['RequestTimeTooSkewed', /clock/],
    ['FileAlreadyExists', /--forbid-overwrite/],
    ['InvalidSecurityToken', /STS token .* new pair/],
    ['AccessKeyIdAndSecurityTokenNotMatch', /STS token .* new pair/],
    ['InvalidAccessKeyId', /AccessKey ID/],
  ])('has a next step for %s', (code, expected) => {
    expect(serviceAdvice(failure(code))).toMatch(expected);
  });

  it('says nothing where there is no obvious next step', () => {
    expect(serviceAdvice(failure('InternalError'))).toBeUndefined();
    expect(serviceAdvice(failure('constructor'))).toBeUndefined();
  });
});
