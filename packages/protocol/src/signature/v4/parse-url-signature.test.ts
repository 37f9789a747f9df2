import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../errors/catalogue.js';
import type { QueryParameter } from '../../wire/request-target.js';
import type { Claim } from '../claim.js';
import { headerFields } from '../header-fields.js';
import { parseClaim } from '../parse-claim.js';

const DATE = 'Sat, 16 Dec 2023 16:20:57 GMT';
const CREDENTIAL = 'ak/20231216/cn-hangzhou/oss/aliyun_v4_request';
const HEX = 'e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe';

/** What a parser throws. */
function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

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
    // Told to be of version 2, it lacks what that has.
    [{ 'x-oss-signature-version': 'OSS2' }, 'UrlV2AccessKeyIdMissing', '0002-00000115'],
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
    expect(refusal(() => parseUrl({}, { 'x-oss-content-sha256': HEX }))).toMatchObject({
      kind: 'ContentSha256Invalid',
    });
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
    expect(refusal(() => parseUrl(listed, { range: 'other' }))).toMatchObject({
      kind: 'UrlHeaderConflict',
    });
  });
});
