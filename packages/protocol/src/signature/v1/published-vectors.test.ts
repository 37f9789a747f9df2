import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../wire/request-target.js';
import { formatQuery } from '../format-query.js';
import { headerFields } from '../header-fields.js';
import { parseClaim } from '../parse-claim.js';
import { escapePath } from '../percent-encoding.js';
import { presignUrl } from '../presign-url.js';
import { signRequest } from '../sign-request.js';
import type { SignableRequest } from '../signable-request.js';
import { parseHttpDate } from '../signed-date.js';
import type { SigningCredentials, SigningOptions } from '../signing-options.js';
import { verifyClaim } from '../verify-claim.js';
import { signatureV1 } from './signature.js';
import { stringToSignV1 } from './string-to-sign.js';

// Vectors of aliyun/alibabacloud-oss-go-sdk-v2 (oss/signer/v1_test.go) and of the OSS documentation;
// each goes through the signer, and what was signed through the verifier.

const credentials: SigningCredentials = { accessKeyId: 'ak', accessKeySecret: 'sk' };
const withToken: SigningCredentials = { ...credentials, securityToken: 'token' };

function time(text: string): number {
  const parsed = parseHttpDate(text);
  if (parsed === undefined) throw new Error(`not a date: ${text}`);
  return parsed;
}

/** Puts a signed request through the verifier as a server would. */
function verify(
  request: SignableRequest,
  now: number,
  scope: { region: string; product?: string },
) {
  const claim = parseClaim(request);
  if (claim === undefined) throw new Error('the request bears no claim');
  verifyClaim(claim, request, { now, secret: credentials.accessKeySecret, ...scope });
  return claim;
}

function signedInHeaders(request: SignableRequest, options: SigningOptions): SignableRequest {
  return { ...request, headers: new Map([...request.headers, ...signRequest(request, options)]) };
}

describe('version 1 in the header', () => {
  const date = 'Wed, 28 Dec 2022 10:27:41 GMT';
  const put = {
    method: 'PUT',
    bucket: 'examplebucket',
    key: 'nelson',
    headers: headerFields([
      'Content-MD5',
      'eB5eJF1ptWaXm4bijSPyxw==',
      'Content-Type',
      'text/html',
      'x-oss-meta-author',
      'alice',
      'x-oss-meta-magic',
      'abracadabra',
    ]),
  };
  const list = { method: 'GET', bucket: 'examplebucket', headers: new Map<string, string>() };

  it.each([
    {
      title: 'a put',
      request: { ...put, query: [] },
      stringToSign: `PUT\neB5eJF1ptWaXm4bijSPyxw==\ntext/html\n${date}\nx-oss-date:${date}\nx-oss-meta-author:alice\nx-oss-meta-magic:abracadabra\n/examplebucket/nelson`,
      signature: 'kSHKmLxlyEAKtZPkJhG9bZb5k7M=',
    },
    {
      title: 'a put with a sub-resource',
      request: { ...put, query: parseQuery('acl') },
      stringToSign: `PUT\neB5eJF1ptWaXm4bijSPyxw==\ntext/html\n${date}\nx-oss-date:${date}\nx-oss-meta-author:alice\nx-oss-meta-magic:abracadabra\n/examplebucket/nelson?acl`,
      signature: '/afkugFbmWDQ967j1vr6zygBLQk=',
    },
    {
      title: 'a query parameter that is no sub-resource',
      request: { ...list, query: parseQuery('resourceGroup&non-resousce=null') },
      stringToSign: `GET\n\n\n${date}\nx-oss-date:${date}\n/examplebucket/?resourceGroup`,
      signature: 'vkQmfuUDyi1uDi3bKt67oemssIs=',
    },
    {
      title: 'two sub-resources',
      request: { ...list, query: parseQuery('resourceGroup&acl') },
      stringToSign: `GET\n\n\n${date}\nx-oss-date:${date}\n/examplebucket/?acl&resourceGroup`,
      signature: 'x3E5TgOvl/i7PN618s5mEvpJDYk=',
    },
  ])('signs and verifies $title', ({ request, stringToSign, signature }) => {
    const now = time(date);
    const signed = signedInHeaders(request, { version: 'v1', credentials, now });
    expect(signed.headers.get('date')).toBe(date);
    expect(stringToSignV1(signed, date)).toBe(stringToSign);
    expect(signed.headers.get('authorization')).toBe(`OSS ak:${signature}`);
    expect(verify(signed, now, { region: 'any' })).toMatchObject({
      version: 'v1',
      place: 'header',
      accessKeyId: 'ak',
      signature,
      signedAt: now,
    });
  });

  it('verifies the example of the documentation, which has a Date header alone', () => {
    const secret = 'OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV';
    const documented = 'Thu, 17 Nov 2005 18:49:58 GMT';
    const request: SignableRequest = {
      method: 'PUT',
      bucket: 'oss-example',
      key: 'nelson',
      query: [],
      headers: headerFields([
        'Content-Md5',
        'ODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM=',
        'Content-Type',
        'text/html',
        'Date',
        documented,
        'Host',
        'oss-example.oss-cn-hangzhou.aliyuncs.com',
        'X-OSS-Meta-Author',
        'foo@bar.com',
        'X-OSS-Magic',
        'abracadabra',
        'Authorization',
        'OSS 44CF9590006BF252F707:26NBxoKdsyly4EDv6inkoDft/yA=',
      ]),
    };
    const stringToSign = `PUT\nODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM=\ntext/html\n${documented}\nx-oss-magic:abracadabra\nx-oss-meta-author:foo@bar.com\n/oss-example/nelson`;
    expect(stringToSignV1(request, documented)).toBe(stringToSign);
    expect(signatureV1(secret, stringToSign)).toBe('26NBxoKdsyly4EDv6inkoDft/yA=');
    const claim = parseClaim(request);
    expect(claim?.accessKeyId).toBe('44CF9590006BF252F707');
    if (claim === undefined) return;
    verifyClaim(claim, request, { secret, now: time(documented), region: 'any' });
  });
});

describe('version 1 in the URL', () => {
  it.each([
    {
      title: 'with a sub-resource',
      key: 'key',
      credentials,
      expires: 1699807420,
      stringToSign: 'GET\n\n\n1699807420\n/bucket/key?versionId=versionId',
      signature: 'dcLTea+Yh9ApirQ8o8dOPqtvJXQ=',
      url: '/key?Expires=1699807420&OSSAccessKeyId=ak&Signature=dcLTea%2BYh9ApirQ8o8dOPqtvJXQ%3D&versionId=versionId',
    },
    {
      title: 'with temporary credentials',
      key: 'key+123',
      credentials: withToken,
      expires: 1699808204,
      stringToSign: 'GET\n\n\n1699808204\n/bucket/key+123?security-token=token&versionId=versionId',
      signature: 'jzKYRrM5y6Br0dRFPaTGOsbrDhY=',
      url: '/key%2B123?Expires=1699808204&OSSAccessKeyId=ak&Signature=jzKYRrM5y6Br0dRFPaTGOsbrDhY%3D&security-token=token&versionId=versionId',
    },
  ])('signs and verifies $title', ({ key, credentials, expires, stringToSign, signature, url }) => {
    const request: SignableRequest = {
      method: 'GET',
      bucket: 'bucket',
      key,
      query: [['versionId', 'versionId']],
      headers: new Map(),
    };
    const now = expires * 1000 - 60_000;
    const added = presignUrl(request, { version: 'v1', credentials, now }, 60);
    const query = [...request.query, ...added].sort(([one], [other]) => (one < other ? -1 : 1));
    expect(`${escapePath(`/${key}`)}?${formatQuery(query)}`).toBe(url);
    const signed = { ...request, query: parseQuery(url.slice(url.indexOf('?') + 1)) };
    expect(stringToSignV1(signed, String(expires))).toBe(stringToSign);
    expect(verify(signed, now, { region: 'any' })).toMatchObject({
      version: 'v1',
      place: 'url',
      signature,
      expiresAt: expires * 1000,
      securityToken: credentials.securityToken,
    });
  });

  it('reckons the example of the documentation', () => {
    const request: SignableRequest = {
      method: 'GET',
      bucket: 'oss-example',
      key: 'oss-api.pdf',
      query: [],
      headers: new Map(),
    };
    const stringToSign = stringToSignV1(request, '1141889120');
    expect(stringToSign).toBe('GET\n\n\n1141889120\n/oss-example/oss-api.pdf');
    expect(signatureV1('OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV', stringToSign)).toBe(
      'EwaNTn1erJGkimiJ9WmXgwnANLc=',
    );
  });
});
