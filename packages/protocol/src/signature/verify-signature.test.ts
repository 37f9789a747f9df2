import { describe, expect, it } from 'vitest';
import { OssError } from '../errors/oss-error.js';
import { parseQuery } from '../wire/request-target.js';
import { utf8Bytes } from './byte-string.js';
import { headerFields } from './header-fields.js';
import { parseClaim } from './parse-claim.js';
import { signRequest } from './sign-request.js';
import type { SignableRequest } from './signable-request.js';
import type { SigningOptions } from './signing-options.js';
import { canonicalRequest } from './v4/canonical-request.js';
import { signatureV4 } from './v4/signature.js';
import { stringToSignV4 } from './v4/string-to-sign.js';
import { verifySignature } from './verify-signature.js';

const now = Date.UTC(2023, 11, 16, 16, 20, 57);
const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' };
const region = 'cn-hangzhou';

function signed(request: SignableRequest, options: SigningOptions): SignableRequest {
  return { ...request, headers: new Map([...request.headers, ...signRequest(request, options)]) };
}

function verify(request: SignableRequest, secret = 'sk'): OssError | undefined {
  const claim = parseClaim(request);
  if (claim === undefined) throw new Error('the request bears no claim');
  try {
    verifySignature(claim, request, secret);
  } catch (error) {
    if (error instanceof OssError) return error;
    throw error;
  }
  return undefined;
}

const put: SignableRequest = {
  method: 'PUT',
  bucket: 'b',
  key: 'é',
  query: [],
  headers: headerFields(['x-oss-meta-a', utf8Bytes('日')]),
};

describe('a signature that does not match', () => {
  it('of version 1 is answered with what was signed', () => {
    const request = signed(put, { version: 'v1', credentials, now });
    const provided = (request.headers.get('authorization') ?? '').slice('OSS ak:'.length);
    const error = verify(request, 'another secret');
    expect(error).toMatchObject({
      kind: 'SignatureMismatchV1',
      code: 'SignatureDoesNotMatch',
      status: 403,
      ec: '0002-00000040',
    });
    expect(error?.details).toEqual({
      OSSAccessKeyId: 'ak',
      SignatureProvided: provided,
      StringToSign:
        'PUT\n\n\nSat, 16 Dec 2023 16:20:57 GMT\nx-oss-date:Sat, 16 Dec 2023 16:20:57 GMT\nx-oss-meta-a:日\n/b/é',
      StringToSignBytes:
        '50 55 54 0A 0A 0A 53 61 74 2C 20 31 36 20 44 65 63 20 32 30 32 33 20 31 36 3A 32 30 3A 35 37 20 47 4D 54 0A 78 2D 6F 73 73 2D 64 61 74 65 3A 53 61 74 2C 20 31 36 20 44 65 63 20 32 30 32 33 20 31 36 3A 32 30 3A 35 37 20 47 4D 54 0A 78 2D 6F 73 73 2D 6D 65 74 61 2D 61 3A E6 97 A5 0A 2F 62 2F C3 A9 ',
    });
  });

  it('of version 2 is answered with what was signed', () => {
    const options: SigningOptions = { version: 'v2', credentials, now };
    const request = signed({ ...put, query: parseQuery('tagging&a=%2F') }, options);
    const error = verify(request, 'another secret');
    expect(error).toMatchObject({
      kind: 'SignatureMismatchV2',
      code: 'SignatureDoesNotMatch',
      status: 403,
      ec: '0002-00000101',
    });
    expect(error?.details).toEqual({
      OSSAccessKeyId: 'ak',
      SignatureProvided: request.headers.get('authorization')?.split('Signature:')[1],
      StringToSign:
        'PUT\n\n\nSat, 16 Dec 2023 16:20:57 GMT\nx-oss-meta-a:日\n\n%2Fb%2F%C3%A9?a=%2F&tagging',
      StringToSignBytes: expect.stringMatching(/^50 55 54 0A 0A 0A 53 61 (?:[0-9A-F]{2} )+$/),
    });
  });

  it('of version 4 is answered with the canonical request besides', () => {
    const error = verify(signed(put, { version: 'v4', credentials, now, region }), 'another');
    expect(error).toMatchObject({
      kind: 'SignatureMismatchV4',
      code: 'SignatureDoesNotMatch',
      status: 403,
      ec: '0002-00000201',
    });
    expect(error?.details.CanonicalRequest).toBe(
      'PUT\n/b/%C3%A9\n\nx-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:20231216T162057Z\nx-oss-meta-a:日\n\n\nUNSIGNED-PAYLOAD',
    );
    expect(error?.details.StringToSign).toMatch(
      /^OSS4-HMAC-SHA256\n20231216T162057Z\n20231216\/cn-hangzhou\/oss\/aliyun_v4_request\n[0-9a-f]{64}$/,
    );
    expect(error?.details.StringToSignBytes).toMatch(
      /^4F 53 53 34 2D 48 4D 41 43 (?:[0-9A-F]{2} )+$/,
    );
  });

  it.each(['v1', 'v2', 'v4'] as const)('may be of any length or alphabet: %s', (version) => {
    const request = signed(put, { version, credentials, now, region });
    const authorization = request.headers.get('authorization') ?? '';
    expect(verify(request)).toBeUndefined();
    const start = authorization.lastIndexOf(version === 'v4' ? '=' : ':') + 1;
    const right = authorization.slice(start);
    const prefix = authorization.slice(0, authorization.length - right.length);
    for (const wrong of [
      'x',
      right.slice(1),
      `${right}0`,
      right.toUpperCase() === right ? right.toLowerCase() : right.toUpperCase(),
      `\u00e9${right.slice(1)}`,
      '\u00e9'.repeat(right.length / 2),
    ]) {
      const headers = new Map([...request.headers, ['authorization', `${prefix}${wrong}`]]);
      expect(verify({ ...request, headers })?.code).toBe('SignatureDoesNotMatch');
    }
  });
});

describe('empty values in a version 4 query', () => {
  const scope = { date: '20231216', region, product: 'oss' };

  function signedAs(raw: string, canonicalQuery: string): SignableRequest {
    const request: SignableRequest = {
      method: 'GET',
      bucket: 'b',
      query: parseQuery(raw),
      headers: headerFields([
        'x-oss-date',
        '20231216T162057Z',
        'x-oss-content-sha256',
        'UNSIGNED-PAYLOAD',
      ]),
    };
    const lines = canonicalRequest({ ...request, query: [] }, []).split('\n');
    lines[2] = canonicalQuery;
    const signature = signatureV4(
      'sk',
      scope,
      stringToSignV4('20231216T162057Z', scope, lines.join('\n')),
    );
    const authorization = `OSS4-HMAC-SHA256 Credential=ak/20231216/${region}/oss/aliyun_v4_request,Signature=${signature}`;
    return { ...request, headers: new Map([...request.headers, ['authorization', authorization]]) };
  }

  it.each([
    ['uploads&prefix=', 'prefix&uploads'],
    ['uploads=&prefix=', 'prefix&uploads'],
    ['uploads=&prefix=', 'prefix=&uploads'],
    ['uploads=&prefix=', 'prefix=&uploads='],
  ])('?%s verifies signed as %s', (raw, canonicalQuery) => {
    expect(verify(signedAs(raw, canonicalQuery))).toBeUndefined();
  });

  it('are still compared: a parameter added or taken away does not verify', () => {
    const request = signedAs('uploads=&prefix=', 'prefix=&uploads');
    for (const raw of ['uploads=', 'prefix=', 'uploads=&prefix=&delimiter=', 'uploads=&prefix=a']) {
      expect(verify({ ...request, query: parseQuery(raw) })?.kind).toBe('SignatureMismatchV4');
    }
  });
});

describe('a plus sign in a raw query', () => {
  it('is a space, and so signed as %20', () => {
    const request: SignableRequest = {
      method: 'GET',
      bucket: 'b',
      query: parseQuery('prefix=a+b'),
      headers: new Map(),
    };
    expect(canonicalRequest(request, []).split('\n')[2]).toBe('prefix=a%20b');
  });
});

describe('the version 1 resource', () => {
  it('has every sub-resource, x-oss- parameter and nothing else', () => {
    const request = {
      ...put,
      query: parseQuery(
        'x-oss-process=image/a&prefix=p&udfName=u&acl&continuation-token=t&max-keys=2',
      ),
    };
    const error = verify(signed(request, { version: 'v1', credentials, now }), 'no');
    expect(error?.details.StringToSign).toMatch(
      /\n\/b\/é\?acl&continuation-token=t&udfName=u&x-oss-process=image\/a$/,
    );
  });

  it('is /bucket/ for a bucket and / for the service', () => {
    for (const [bucket, resource] of [
      ['b', '/b/'],
      [undefined, '/'],
    ] as const) {
      const request: SignableRequest = { method: 'GET', bucket, query: [], headers: new Map() };
      const error = verify(signed(request, { version: 'v1', credentials, now }), 'no');
      expect(error?.details.StringToSign?.split('\n').at(-1)).toBe(resource);
    }
  });
});
