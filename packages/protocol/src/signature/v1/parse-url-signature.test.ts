import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../errors/catalogue.js';
import { parseQuery } from '../../wire/request-target.js';
import type { Claim } from '../claim.js';
import { headerFields } from '../header-fields.js';
import { parseClaim } from '../parse-claim.js';

function parse(headers: Record<string, string>, query = ''): Claim | undefined {
  return parseClaim({
    headers: headerFields(Object.entries(headers).flat()),
    query: parseQuery(query),
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
