import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../errors/catalogue.js';
import { OssError } from '../../errors/oss-error.js';
import { headerFields } from '../header-fields.js';
import { parseClaim } from '../parse-claim.js';

const GOOD = {
  'x-oss-signature-version': 'OSS2',
  'x-oss-expires': '1141889120',
  'x-oss-access-key-id': 'nz2pc56s936',
  'x-oss-signature': 'a8I0=',
};

/** A good URL with these changes; undefined takes a parameter away. */
const parse = (changes: Readonly<Record<string, string | undefined>> = {}) =>
  parseClaim({
    headers: headerFields(['Host', 'h', 'x_y', '1']),
    query: Object.entries({ ...GOOD, ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  });

function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof OssError) return error;
    throw error;
  }
  return undefined;
}

describe('a URL signed with version 2', () => {
  it('is read', () => {
    expect(parse({ 'x-oss-additional-headers': 'HOST', 'security-token': 't' })).toEqual({
      version: 'v2',
      place: 'url',
      accessKeyId: 'nz2pc56s936',
      securityToken: 't',
      signature: 'a8I0=',
      dateLine: '1141889120',
      expiresAt: 1_141_889_120_000,
      additionalHeaders: ['host'],
    });
  });

  it('may be good for ever', () => {
    expect(parse({ 'x-oss-expires': '9'.repeat(40) })).toMatchObject({ expiresAt: 8.64e15 });
  });

  it('has its token where version 1 has it, and only a session has one', () => {
    const session = { 'x-oss-access-key-id': 'STS.a' };
    expect(parse({ ...session, 'security-token': 't' })).toMatchObject({ securityToken: 't' });
    for (const lost of [{}, { 'x-oss-security-token': 't' }]) {
      expect(refusal(() => parse({ ...session, ...lost }))).toMatchObject({
        kind: 'SecurityTokenMissing',
      });
    }
  });

  it.each<[Record<string, string | undefined>, ErrorKind, string]>([
    [{ 'x-oss-expires': undefined }, 'UrlV2ExpiresMissing', '0002-00000113'],
    [{ 'x-oss-expires': '' }, 'UrlV2ExpiresEmpty', '0002-00000114'],
    [{ 'x-oss-access-key-id': undefined }, 'UrlV2AccessKeyIdMissing', '0002-00000115'],
    [{ 'x-oss-access-key-id': '' }, 'UrlV2AccessKeyIdEmpty', '0002-00000116'],
    [{ 'x-oss-signature': undefined }, 'UrlV2SignatureMissing', '0002-00000117'],
    [{ 'x-oss-signature': '' }, 'UrlV2SignatureEmpty', '0002-00000118'],
    [{ 'x-oss-expires': 'abc' }, 'UrlExpiresNotNumber', '0002-00000070'],
    [{ 'x-oss-expires': '-1' }, 'UrlExpiresNotNumber', '0002-00000070'],
    [{ 'x-oss-expires': '1e9' }, 'UrlExpiresNotNumber', '0002-00000070'],
  ])('is denied with %j', (changes, kind, ec) => {
    expect(refusal(() => parse(changes))).toMatchObject({
      kind,
      ec,
      code: 'AccessDenied',
      status: 403,
    });
  });

  it.each<[string, string, ErrorKind, string]>([
    ['x-oss-access-key-id', 'a\tb', 'UrlV2AccessKeyIdInvalid', '0002-00000901'],
    ['x-oss-additional-headers', '', 'UrlAdditionalHeadersEmpty', '0002-00000076'],
    ['x-oss-additional-headers', ' ;host', 'UrlAdditionalHeaderEmpty', '0002-00000077'],
    ['x-oss-additional-headers', 'host;range', 'UrlAdditionalHeaderMissing', '0002-00000078'],
    ['x-oss-additional-headers', 'x_y', 'UrlAdditionalHeaderMissing', '0002-00000078'],
    ['x-oss-signature-version', 'ABC', 'UrlSignatureVersionInvalid', '0002-00000066'],
    ['x-oss-signature-version', 'oss2', 'UrlSignatureVersionInvalid', '0002-00000066'],
    ['x-oss-signature-version', '', 'UrlSignatureVersionInvalid', '0002-00000066'],
  ])('is refused with %s=%j', (name, value, kind, ec) => {
    expect(refusal(() => parse({ [name]: value }))).toMatchObject({
      kind,
      ec,
      code: 'InvalidArgument',
      status: 400,
      details: { ArgumentName: name, ArgumentValue: value },
    });
  });

  it('is a claim without its version too, though of none that there is', () => {
    const { 'x-oss-signature-version': _, ...nameless } = GOOD;
    for (const name of Object.keys(nameless).filter((each) => each !== 'x-oss-expires')) {
      const only = { 'x-oss-signature-version': undefined, 'x-oss-expires': undefined };
      const others = Object.keys(nameless).filter((each) => each !== name);
      const changes = Object.fromEntries(others.map((each) => [each, undefined]));
      expect(refusal(() => parse({ ...only, ...changes }))).toMatchObject({
        kind: 'UrlV4Incomplete',
        status: 403,
      });
    }
  });
});
