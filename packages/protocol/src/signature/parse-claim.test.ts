import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../errors/catalogue.js';
import { OssError } from '../errors/oss-error.js';
import { parseQuery, type QueryParameter } from '../wire/request-target.js';
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

function refusal(run: () => unknown): OssError {
  try {
    run();
  } catch (error) {
    if (error instanceof OssError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function parseV4Header(fields: string, headers: Record<string, string> = {}): Claim | undefined {
  return parse({
    authorization: `OSS4-HMAC-SHA256 ${fields}`,
    'x-oss-date': '20231216T162057Z',
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    ...headers,
  });
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
    ['OSS2 AccessKeyId:ak,Signature:n7I0=', 'SignatureV2NotSupported', undefined],
  ])('%j is never anonymous', (authorization, kind, ec) => {
    const error = refusal(() => parse({ authorization, date: DATE }));
    expect(error).toMatchObject({ kind, ec, code: 'InvalidArgument', status: 400 });
  });

  it('that is refused is shown in the error, as text', () => {
    const error = refusal(() => parse({ authorization: 'Basic \u00c3\u00a9' }));
    expect(error.details).toEqual({ Authorization: 'Basic é' });
  });

  it.each(['OSSAccessKeyId=ak', 'Signature=s', 'x-oss-signature=s', 'x-oss-credential=c'])(
    'together with ?%s is one signature too many',
    (query) => {
      const error = refusal(() => parse({ authorization: 'OSS ak:sig', date: DATE }, query));
      expect(error).toMatchObject({ kind: 'AuthorizationTwice', ec: '0002-00000039' });
    },
  );
});

describe('a version 1 header', () => {
  it('is read with its date', () => {
    expect(parse({ authorization: 'OSS ak:c2ln', date: DATE })).toEqual({
      version: 'v1',
      place: 'header',
      accessKeyId: 'ak',
      securityToken: undefined,
      signature: 'c2ln',
      dateLine: DATE,
      signedAt: Date.UTC(2023, 11, 16, 16, 20, 57),
    });
  });

  it('is dated by x-oss-date before Date, in HTTP or in ISO form', () => {
    const authorization = 'OSS ak:c2ln';
    const http = 'Sun, 17 Dec 2023 00:00:00 GMT';
    expect(parse({ authorization, date: DATE, 'x-oss-date': http })).toMatchObject({
      dateLine: http,
      signedAt: Date.UTC(2023, 11, 17),
    });
    expect(parse({ authorization, 'x-oss-date': '20231217T000000Z' })).toMatchObject({
      dateLine: '20231217T000000Z',
      signedAt: Date.UTC(2023, 11, 17),
    });
  });

  it.each<[string, ErrorKind, string]>([
    ['OSS ak', 'AuthorizationColonMissing', '0002-00000062'],
    ['OSS ', 'AuthorizationColonMissing', '0002-00000062'],
    ['OSS :sig', 'AuthorizationAccessKeyIdEmpty', '0002-00000063'],
    ['OSS  :sig', 'AuthorizationAccessKeyIdEmpty', '0002-00000063'],
    ['OSS  ak:sig', 'AuthorizationAccessKeyIdInvalid', '0002-00000064'],
    ['OSS a\tk:sig', 'AuthorizationAccessKeyIdInvalid', '0002-00000064'],
    ['OSS a\u00ffk:sig', 'AuthorizationAccessKeyIdInvalid', '0002-00000064'],
    ['OSS ak:', 'AuthorizationSignatureEmpty', '0002-00000065'],
  ])('%j is refused as %s', (authorization, kind, ec) => {
    const error = refusal(() => parse({ authorization, date: DATE }));
    expect(error).toMatchObject({ kind, ec, code: 'InvalidArgument', status: 400 });
    expect(error.message).toBe('Authorization header is invalid.');
    expect(error.details).toHaveProperty('Authorization');
  });

  it('needs a valid date', () => {
    const authorization = 'OSS ak:c2ln';
    const missing = refusal(() => parse({ authorization }));
    expect(missing).toMatchObject({ kind: 'DateMissing', ec: '0002-00000503', status: 403 });
    const invalid = refusal(() => parse({ authorization, date: 'yesterday' }));
    expect(invalid).toMatchObject({ kind: 'DateInvalid', ec: '0002-00000502', status: 403 });
    expect(refusal(() => parse({ authorization, date: DATE, 'x-oss-date': 'x' }))).toMatchObject({
      kind: 'DateInvalid',
    });
  });
});

describe('a version 4 header', () => {
  const expected = {
    version: 'v4',
    place: 'header',
    accessKeyId: 'ak',
    securityToken: undefined,
    signature: HEX,
    scope: { date: '20231216', region: 'cn-hangzhou', product: 'oss' },
    timestamp: '20231216T162057Z',
    signedAt: Date.UTC(2023, 11, 16, 16, 20, 57),
    additionalHeaders: [],
  };

  it.each([
    `Credential=${CREDENTIAL},Signature=${HEX}`,
    `Credential=${CREDENTIAL}, Signature=${HEX}`,
    `Signature=${HEX},Credential=${CREDENTIAL}`,
  ])('is read in any order and with either separator: %s', (fields) => {
    expect(parseV4Header(fields)).toEqual(expected);
  });

  it('lists additional headers, in lower case and in order whatever the order they came in', () => {
    const headers = { host: 'h', range: 'bytes=0-1' };
    for (const list of ['host;range', 'range;host', 'Range;HOST']) {
      const claim = parseV4Header(
        `Credential=${CREDENTIAL},Signature=${HEX},AdditionalHeaders=${list}`,
        headers,
      );
      expect(claim).toEqual({ ...expected, additionalHeaders: ['host', 'range'] });
    }
  });

  it('is dated by Date where x-oss-date is absent', () => {
    const claim = parse({
      authorization: `OSS4-HMAC-SHA256 Credential=${CREDENTIAL},Signature=${HEX}`,
      date: DATE,
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    });
    expect(claim).toEqual(expected);
  });

  it.each<[string, ErrorKind, string]>([
    [`Signature=${HEX}`, 'AuthorizationV4FieldCount', '0002-00000202'],
    [
      `Credential=${CREDENTIAL},Signature=${HEX},AdditionalHeaders=host,A=b`,
      'AuthorizationV4FieldCount',
      '0002-00000202',
    ],
    [`Credential${CREDENTIAL},Signature=${HEX}`, 'AuthorizationV4FieldMalformed', '0002-00000203'],
    [
      `Credential=${CREDENTIAL},Signature=${HEX},Signature=${HEX}`,
      'AuthorizationV4FieldMalformed',
      '0002-00000203',
    ],
    [
      `Credential=${CREDENTIAL},Signature=${HEX},UnknownKey=1`,
      'AuthorizationV4FieldUnknown',
      '0002-00000204',
    ],
    [
      `AdditionalHeaders=host,Signature=${HEX}`,
      'AuthorizationV4CredentialMissing',
      '0002-00000205',
    ],
    [
      `Credential=a\tk/20231216/cn-hangzhou/oss/aliyun_v4_request,Signature=${HEX}`,
      'AuthorizationV4AccessKeyIdInvalid',
      '0002-00000206',
    ],
    [
      `Credential=${CREDENTIAL},AdditionalHeaders=host`,
      'AuthorizationV4SignatureMissing',
      '0002-00000207',
    ],
    [`Credential=${CREDENTIAL},Signature=`, 'AuthorizationV4SignatureEmpty', '0002-00000208'],
    [
      `Credential=${CREDENTIAL},AdditionalHeaders=,Signature=${HEX}`,
      'AdditionalHeadersInvalid',
      '0002-00000209',
    ],
    [
      `Credential=${CREDENTIAL},AdditionalHeaders=host;,Signature=${HEX}`,
      'AdditionalHeaderEmpty',
      '0002-00000210',
    ],
    [
      `Credential=${CREDENTIAL},AdditionalHeaders=host;range,Signature=${HEX}`,
      'AdditionalHeaderMissing',
      '0002-00000211',
    ],
    [
      `Credential=${CREDENTIAL},AdditionalHeaders=under_score,Signature=${HEX}`,
      'AdditionalHeaderMissing',
      '0002-00000211',
    ],
    [
      `Credential=ak/2023-12-16/cn-hangzhou/oss/aliyun_v4_request,Signature=${HEX}`,
      'SigningDateInvalid',
      '0002-00000212',
    ],
    [
      `Credential=ak/20231217/cn-hangzhou/oss/aliyun_v4_request,Signature=${HEX}`,
      'SigningDateInvalid',
      '0002-00000212',
    ],
    [
      `Credential=ak/20231216/cn-hangzhou/oss/abc,Signature=${HEX}`,
      'AuthorizationV4CredentialInvalid',
      '0002-00000213',
    ],
    [
      `Credential=ak/20231216//oss/aliyun_v4_request,Signature=${HEX}`,
      'AuthorizationV4CredentialInvalid',
      '0002-00000213',
    ],
    [`Credential=ak,Signature=${HEX}`, 'AuthorizationV4CredentialInvalid', '0002-00000213'],
  ])('%s is refused as %s', (fields, kind, ec) => {
    const error = refusal(() => parseV4Header(fields, { host: 'h', under_score: '1' }));
    expect(error).toMatchObject({ kind, ec, code: 'InvalidArgument', status: 400 });
    expect(error.details).toEqual({ Authorization: `OSS4-HMAC-SHA256 ${fields}` });
  });

  it.each(['', 'unsigned-payload', HEX])('does not take %j for a payload hash', (payload) => {
    const error = refusal(() =>
      parseV4Header(`Credential=${CREDENTIAL},Signature=${HEX}`, {
        'x-oss-content-sha256': payload,
      }),
    );
    expect(error).toMatchObject({
      kind: 'ContentSha256Invalid',
      ec: '0002-00000214',
      details: { ArgumentName: 'x-oss-content-sha256', ArgumentValue: payload },
    });
  });

  it('needs a payload hash and a date', () => {
    const authorization = `OSS4-HMAC-SHA256 Credential=${CREDENTIAL},Signature=${HEX}`;
    expect(refusal(() => parse({ authorization, 'x-oss-date': '20231216T162057Z' })).kind).toBe(
      'ContentSha256Invalid',
    );
    expect(
      refusal(() => parse({ authorization, 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD' })).kind,
    ).toBe('DateMissing');
  });

  it('takes x-oss-date in ISO form and Date in HTTP form only', () => {
    const fields = `Credential=${CREDENTIAL},Signature=${HEX}`;
    expect(refusal(() => parseV4Header(fields, { 'x-oss-date': DATE })).kind).toBe('DateInvalid');
    const authorization = `OSS4-HMAC-SHA256 ${fields}`;
    expect(
      refusal(() =>
        parse({
          authorization,
          date: '20231216T162057Z',
          'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
        }),
      ).kind,
    ).toBe('DateInvalid');
  });
});

describe('a version 1 URL', () => {
  it('is read', () => {
    expect(parse({}, 'OSSAccessKeyId=ak&Expires=1141889120&Signature=a%2Bb%3D')).toEqual({
      version: 'v1',
      place: 'url',
      accessKeyId: 'ak',
      securityToken: undefined,
      signature: 'a+b=',
      dateLine: '1141889120',
      expiresAt: 1_141_889_120_000,
    });
  });

  it('can be good for ever', () => {
    const claim = parse({}, `OSSAccessKeyId=ak&Expires=${'9'.repeat(400)}&Signature=s`);
    expect(claim).toMatchObject({ expiresAt: 8.64e15 });
  });

  it.each<[string, ErrorKind, string, string]>([
    ['OSSAccessKeyId=ak&Signature=s', 'UrlSignatureIncomplete', '0002-00000067', 'AccessDenied'],
    ['OSSAccessKeyId=ak&Expires=&Signature=s', 'UrlExpiresEmpty', '0002-00000068', 'AccessDenied'],
    [
      'OSSAccessKeyId=ak&Expires=abc&Signature=s',
      'UrlExpiresNotNumber',
      '0002-00000070',
      'AccessDenied',
    ],
    [
      'OSSAccessKeyId=ak&Expires=-1&Signature=s',
      'UrlExpiresNotNumber',
      '0002-00000070',
      'AccessDenied',
    ],
    [
      'OSSAccessKeyId=ak&Expires=1e9&Signature=s',
      'UrlExpiresNotNumber',
      '0002-00000070',
      'AccessDenied',
    ],
    ['Expires=1&Signature=s', 'UrlAccessKeyIdMissing', '0002-00000071', 'AccessDenied'],
    [
      'OSSAccessKeyId=&Expires=1&Signature=s',
      'UrlAccessKeyIdEmpty',
      '0002-00000072',
      'AccessDenied',
    ],
    [
      'OSSAccessKeyId=a%09k&Expires=1&Signature=s',
      'UrlAccessKeyIdInvalid',
      '0002-00000073',
      'InvalidArgument',
    ],
    ['OSSAccessKeyId=ak&Expires=1', 'UrlSignatureMissing', '0002-00000074', 'AccessDenied'],
    ['OSSAccessKeyId=ak&Expires=1&Signature', 'UrlSignatureEmpty', '0002-00000075', 'AccessDenied'],
  ])('?%s is refused as %s', (query, kind, ec, code) => {
    expect(refusal(() => parse({}, query))).toMatchObject({ kind, ec, code });
  });
});

describe('a version 4 URL', () => {
  const parameters: Readonly<Record<string, string>> = {
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': CREDENTIAL,
    'x-oss-date': '20231216T162057Z',
    'x-oss-expires': '599',
    'x-oss-signature': HEX,
  };

  function parseUrl(
    changes: Readonly<Record<string, string | undefined>> = {},
    headers: Record<string, string> = {},
  ): Claim | undefined {
    const query: QueryParameter[] = [];
    for (const [name, value] of Object.entries({ ...parameters, ...changes })) {
      if (value !== undefined) query.push([name, value]);
    }
    return parseClaim({ headers: headerFields(Object.entries(headers).flat()), query });
  }

  it('is read', () => {
    expect(parseUrl()).toEqual({
      version: 'v4',
      place: 'url',
      accessKeyId: 'ak',
      securityToken: undefined,
      signature: HEX,
      scope: { date: '20231216', region: 'cn-hangzhou', product: 'oss' },
      timestamp: '20231216T162057Z',
      signedAt: Date.UTC(2023, 11, 16, 16, 20, 57),
      expiresAt: Date.UTC(2023, 11, 16, 16, 20, 57) + 599_000,
      additionalHeaders: [],
    });
  });

  it.each(['1', '604800'])('may be good for %s seconds', (lifetime) => {
    expect(parseUrl({ 'x-oss-expires': lifetime })).toMatchObject({
      expiresAt: Date.UTC(2023, 11, 16, 16, 20, 57) + Number(lifetime) * 1000,
    });
  });

  it.each<[Record<string, string | undefined>, ErrorKind, string | undefined]>([
    [{ 'x-oss-signature-version': 'ABC' }, 'UrlSignatureVersionInvalid', '0002-00000066'],
    [{ 'x-oss-signature-version': 'OSS2' }, 'SignatureV2NotSupported', undefined],
    [{ 'x-oss-signature-version': undefined }, 'UrlV4Incomplete', '0002-00000215'],
    [{ 'x-oss-expires': undefined }, 'UrlV4Incomplete', '0002-00000215'],
    [{ 'x-oss-expires': '' }, 'UrlV4ExpiresEmpty', '0002-00000216'],
    [{ 'x-oss-credential': undefined }, 'UrlV4CredentialMissing', '0002-00000217'],
    [{ 'x-oss-credential': '' }, 'UrlV4CredentialEmpty', '0002-00000218'],
    [{ 'x-oss-signature': undefined }, 'UrlV4SignatureMissing', '0002-00000219'],
    [{ 'x-oss-signature': '' }, 'UrlV4SignatureEmpty', '0002-00000220'],
    [{ 'x-oss-credential': `\r${CREDENTIAL}` }, 'UrlV4AccessKeyIdInvalid', '0002-00000222'],
    [
      { 'x-oss-credential': 'ak/2023-12-16/cn-hangzhou/oss/aliyun_v4_request' },
      'UrlSigningDateInvalid',
      '0002-00000223',
    ],
    [
      { 'x-oss-credential': 'ak/20231215/cn-hangzhou/oss/aliyun_v4_request' },
      'UrlSigningDateInvalid',
      '0002-00000223',
    ],
    [
      { 'x-oss-credential': 'ak/20231216/cn-hangzhou/oss/abc' },
      'UrlV4CredentialInvalid',
      '0002-00000224',
    ],
    [{ 'x-oss-expires': '0' }, 'UrlV4ExpiresInvalid', '0002-00000232'],
    [{ 'x-oss-expires': '604801' }, 'UrlV4ExpiresInvalid', '0002-00000232'],
    [{ 'x-oss-expires': '-5' }, 'UrlV4ExpiresInvalid', '0002-00000232'],
    [{ 'x-oss-expires': '1.5' }, 'UrlV4ExpiresInvalid', '0002-00000232'],
    [{ 'x-oss-additional-headers': '' }, 'UrlAdditionalHeadersEmpty', '0002-00000076'],
    [{ 'x-oss-additional-headers': ' ;host' }, 'UrlAdditionalHeaderEmpty', '0002-00000077'],
    [{ 'x-oss-additional-headers': 'host;range' }, 'UrlAdditionalHeaderMissing', '0002-00000078'],
    [{ 'x-oss-date': undefined }, 'UrlV4Incomplete', '0002-00000215'],
    [{ 'x-oss-date': DATE }, 'UrlV4DateInvalid', undefined],
  ])('with %j is refused as %s', (changes, kind, ec) => {
    expect(refusal(() => parseUrl(changes, { host: 'h' }))).toMatchObject({ kind, ec });
  });

  it('is not taken with a payload hash', () => {
    expect(refusal(() => parseUrl({}, { 'x-oss-content-sha256': HEX })).kind).toBe(
      'ContentSha256Invalid',
    );
    expect(parseUrl({}, { 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD' })).toBeDefined();
  });

  it('may repeat a signed header in the query, but not say otherwise', () => {
    const query = { 'x-oss-meta-a': 'é', range: 'bytes=0-1' };
    expect(parseUrl(query, { 'x-oss-meta-a': ' \u00c3\u00a9', range: 'other' })).toBeDefined();
    expect(refusal(() => parseUrl(query, { 'x-oss-meta-a': 'e' }))).toMatchObject({
      kind: 'UrlHeaderConflict',
      details: { ArgumentName: 'x-oss-meta-a', ArgumentValue: 'é' },
    });
    const listed = { ...query, 'x-oss-additional-headers': 'range' };
    expect(refusal(() => parseUrl(listed, { range: 'other' })).kind).toBe('UrlHeaderConflict');
  });
});

describe('a security token', () => {
  const v1Header = { authorization: 'OSS ak:c2ln', date: DATE };
  const v1Url = 'OSSAccessKeyId=ak&Expires=1&Signature=s';
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
    expect(parse({}, `${v4Url}&x-oss-security-token=t`)).toMatchObject({ securityToken: 't' });
  });

  it.each([v1Url, v4Url])('is refused in the header with a signature in the URL: ?%s', (query) => {
    const error = refusal(() => parse({ 'x-oss-security-token': 't' }, query));
    expect(error).toMatchObject({ kind: 'SecurityTokenNotInUrl', ec: '0002-00000005' });
  });

  it('is refused in both places', () => {
    const twice = { kind: 'SecurityTokenTwice', ec: '0002-00000010' };
    const header = { 'x-oss-security-token': 't' };
    expect(refusal(() => parse({ ...v1Header, ...header }, 'security-token=t'))).toMatchObject(
      twice,
    );
    expect(refusal(() => parse(header, `${v1Url}&security-token=t`))).toMatchObject(twice);
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
