import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../errors/catalogue.js';
import { OssError } from '../errors/oss-error.js';
import { parseQuery } from '../wire/request-target.js';
import type { Claim } from './claim.js';
import { headerFields } from './header-fields.js';
import { parseClaim } from './parse-claim.js';

const DATE = 'Sat, 16 Dec 2023 16:20:57 GMT';
const CREDENTIAL = 'ak/20231216/cn-hangzhou/oss/aliyun_v4_request';
const HEX = 'e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe';

function parse(headers: Record<string, string>, query = ''): Claim | undefined {
  return parseClaim({
    headers: headerFields(Object.entries(headers).flat()),
    query: parseQuery(query),
  });
}

function parseV4Header(fields: string, headers: Record<string, string> = {}): Claim | undefined {
  return parse({
    authorization: `OSS4-HMAC-SHA256 ${fields}`,
    'x-oss-date': '20231216T162057Z',
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    ...headers,
  });
}

/** What a parser throws. */
function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a request without a claim', () => {
  it.each(['', 'acl', 'Expires=12', 'security-token=t', 'x-oss-process=image', 'signature=x'])(
    'is anonymous: ?%s',
    (query) => {
      expect(parse({ date: DATE, 'x-oss-security-token': 't' }, query)).toBeUndefined();
    },
  );
});

describe('an Authorization header', () => {
  it.each<[string, ErrorKind, string | undefined]>([
    ['', 'AuthorizationSchemeInvalid', '0002-00000061'],
    ['OSS', 'AuthorizationSchemeInvalid', '0002-00000061'],
    ['OSSxxx ak:sig', 'AuthorizationSchemeInvalid', '0002-00000061'],
    ['oss ak:sig', 'AuthorizationSchemeInvalid', '0002-00000061'],
    ['Basic YTpi', 'AuthorizationSchemeInvalid', '0002-00000061'],
    ['Bearer token', 'AuthorizationSchemeInvalid', '0002-00000061'],
    [
      'AWS4-HMAC-SHA256 Credential=ak/20231216/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00',
      'AuthorizationSchemeInvalid',
      '0002-00000061',
    ],
    ['OSS4-HMAC-SHA256', 'AuthorizationSchemeInvalid', '0002-00000061'],
    ['OSS2', 'AuthorizationSchemeInvalid', '0002-00000061'],
    ['OSS2AccessKeyId:ak,Signature:n7I0=', 'AuthorizationSchemeInvalid', '0002-00000061'],
    ['OSS2 AccessKeyId:ak', 'AuthorizationV2FieldCount', '0002-00000102'],
  ])('%j is never anonymous', (authorization, kind, ec) => {
    const error = refusal(() => parse({ authorization, date: DATE }));
    expect(error).toMatchObject({ kind, ec, code: 'InvalidArgument', status: 400 });
  });

  it('that is refused is shown in the error, as text', () => {
    const error = refusal(() => parse({ authorization: 'Basic \u00c3\u00a9' }));
    expect(error).toMatchObject({ details: { Authorization: 'Basic é' } });
  });

  it.each([
    ...['OSSAccessKeyId=ak', 'Signature=s', 'x-oss-signature=s', 'x-oss-credential=c'],
    ...['x-oss-access-key-id=ak', 'x-oss-signature-version=OSS2', 'x-oss-signature-version=x'],
  ])('together with ?%s is one signature too many', (query) => {
    const error = refusal(() => parse({ authorization: 'OSS ak:sig', date: DATE }, query));
    expect(error).toMatchObject({ kind: 'AuthorizationTwice', ec: '0002-00000039' });
  });
});

describe('a URL with the parameters of two versions', () => {
  const v1 = 'OSSAccessKeyId=one&Expires=1&Signature=s';
  const v2 =
    'x-oss-signature-version=OSS2&x-oss-access-key-id=two&x-oss-expires=1&x-oss-signature=s';
  const v4 = `x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-credential=${CREDENTIAL}&x-oss-date=20231216T162057Z&x-oss-expires=1&x-oss-signature=${HEX}`;

  it('is of the version that it names first, wherever that stands', () => {
    for (const [query, version] of [
      [`${v1}&${v2}`, 'v2'],
      [`${v2}&${v1}`, 'v2'],
      [`${v1}&${v4}`, 'v4'],
      [`${v4}&${v1}`, 'v4'],
      [`${v4}&${v2}`, 'v4'],
      [`${v2}&${v4}`, 'v2'],
    ] as const) {
      expect(parse({}, query)?.version).toBe(version);
    }
  });

  it('is not of version 1 while it has a signature of a later one', () => {
    for (const later of ['x-oss-signature=s', 'x-oss-credential=c', 'x-oss-access-key-id=a']) {
      expect(refusal(() => parse({}, `${v1}&${later}`))).toMatchObject({ kind: 'UrlV4Incomplete' });
    }
    expect(refusal(() => parse({}, `${v1}&x-oss-signature-version=`))).toMatchObject({
      kind: 'UrlSignatureVersionInvalid',
    });
  });
});

describe('a security token', () => {
  const v1Header = { authorization: 'OSS ak:c2ln', date: DATE };
  const v1Url = 'OSSAccessKeyId=ak&Expires=1&Signature=s';
  const v2Url =
    'x-oss-signature-version=OSS2&x-oss-access-key-id=ak&x-oss-expires=1&x-oss-signature=s';
  const v4Url = `x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-credential=${CREDENTIAL}&x-oss-date=20231216T162057Z&x-oss-expires=1&x-oss-signature=${HEX}`;

  it('comes from the header with a signature in the header', () => {
    expect(parse({ ...v1Header, 'x-oss-security-token': 't' })).toMatchObject({
      securityToken: 't',
    });
    expect(
      parseV4Header(`Credential=${CREDENTIAL},Signature=${HEX}`, { 'x-oss-security-token': 't' }),
    ).toMatchObject({ securityToken: 't' });
  });

  it('comes from the URL with a signature in the URL', () => {
    expect(parse({}, `${v1Url}&security-token=t`)).toMatchObject({ securityToken: 't' });
    expect(parse({}, `${v2Url}&security-token=t`)).toMatchObject({ securityToken: 't' });
    expect(parse({}, `${v4Url}&x-oss-security-token=t`)).toMatchObject({ securityToken: 't' });
  });

  it.each([v1Url, v2Url, v4Url])(
    'is refused in the header with a signature in the URL: ?%s',
    (query) => {
      const error = refusal(() => parse({ 'x-oss-security-token': 't' }, query));
      expect(error).toMatchObject({ kind: 'SecurityTokenNotInUrl', ec: '0002-00000005' });
    },
  );

  it('is refused in both places', () => {
    const twice = { kind: 'SecurityTokenTwice', ec: '0002-00000010' };
    const header = { 'x-oss-security-token': 't' };
    expect(refusal(() => parse({ ...v1Header, ...header }, 'security-token=t'))).toMatchObject(
      twice,
    );
    expect(refusal(() => parse(header, `${v1Url}&security-token=t`))).toMatchObject(twice);
    expect(refusal(() => parse(header, `${v2Url}&security-token=t`))).toMatchObject(twice);
    expect(refusal(() => parse(header, `${v4Url}&x-oss-security-token=t`))).toMatchObject(twice);
  });

  it('must come with a temporary access key id', () => {
    const error = refusal(() => parse({ authorization: 'OSS STS.ak:c2ln', date: DATE }));
    expect(error).toMatchObject({
      kind: 'SecurityTokenMissing',
      code: 'InvalidAccessKeyId',
      status: 403,
      ec: '0002-00000003',
      details: { OSSAccessKeyId: 'STS.ak' },
    });
    expect(
      parse({ authorization: 'OSS STS.ak:c2ln', date: DATE, 'x-oss-security-token': 't' }),
    ).toMatchObject({ accessKeyId: 'STS.ak' });
  });
});

describe('whatever text a request bears', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'OSS ',
      'OSS4-HMAC-SHA256 ',
      'OSS2 ',
      'AccessKeyId:',
      'Signature:',
      'AdditionalHeaders:',
      'OSS2',
      'OSS4-HMAC-SHA256',
      'Credential=',
      'Signature=',
      'AdditionalHeaders=',
      CREDENTIAL,
      HEX,
      ',',
      ', ',
      ';',
      ':',
      '=',
      '/',
      'host',
      'ak',
      '20231216T162057Z',
      DATE,
      'UNSIGNED-PAYLOAD',
      '599',
    ),
    fc.string({ maxLength: 6 }),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  const headerName = fc.oneof(
    fc.constantFrom(
      'authorization',
      'date',
      'host',
      'x-oss-date',
      'x-oss-content-sha256',
      'x-oss-security-token',
    ),
    fc.string(),
  );
  const parameterName = fc.oneof(
    fc.constantFrom(
      'OSSAccessKeyId',
      'Expires',
      'Signature',
      'security-token',
      'x-oss-signature-version',
      'x-oss-access-key-id',
      'x-oss-credential',
      'x-oss-date',
      'x-oss-expires',
      'x-oss-signature',
      'x-oss-additional-headers',
      'x-oss-security-token',
    ),
    fc.string(),
  );

  it('is read or refused with an OssError', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(headerName, text), { maxLength: 6 }),
        fc.array(fc.tuple(parameterName, fc.option(text)), { maxLength: 8 }),
        (fields, query) => {
          try {
            parseClaim({ headers: headerFields(fields.flat()), query });
          } catch (error) {
            expect(error).toBeInstanceOf(OssError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is not anonymous once it has an Authorization header', () => {
    fc.assert(
      fc.property(text, (authorization) => {
        try {
          expect(parse({ authorization, date: DATE })).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(OssError);
        }
      }),
    );
  });
});
