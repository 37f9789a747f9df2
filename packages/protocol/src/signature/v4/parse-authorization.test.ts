import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../errors/catalogue.js';
import { parseQuery } from '../../wire/request-target.js';
import type { Claim } from '../claim.js';
import { headerFields } from '../header-fields.js';
import { parseClaim } from '../parse-claim.js';

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
    expect(error).toMatchObject({
      kind,
      ec,
      code: 'InvalidArgument',
      status: 400,
      details: { Authorization: `OSS4-HMAC-SHA256 ${fields}` },
    });
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
    expect(refusal(() => parse({ authorization, 'x-oss-date': '20231216T162057Z' }))).toMatchObject(
      { kind: 'ContentSha256Invalid' },
    );
    expect(
      refusal(() => parse({ authorization, 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD' })),
    ).toMatchObject({ kind: 'DateMissing' });
  });

  it('takes x-oss-date in ISO form and Date in HTTP form only', () => {
    const fields = `Credential=${CREDENTIAL},Signature=${HEX}`;
    expect(refusal(() => parseV4Header(fields, { 'x-oss-date': DATE }))).toMatchObject({
      kind: 'DateInvalid',
    });
    const authorization = `OSS4-HMAC-SHA256 ${fields}`;
    expect(
      refusal(() =>
        parse({
          authorization,
          date: '20231216T162057Z',
          'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
        }),
      ),
    ).toMatchObject({ kind: 'DateInvalid' });
  });
});
