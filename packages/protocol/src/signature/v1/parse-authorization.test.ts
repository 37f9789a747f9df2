import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../errors/catalogue.js';
import { parseQuery } from '../../wire/request-target.js';
import { utf8Text } from '../byte-string.js';
import type { Claim } from '../claim.js';
import { headerFields } from '../header-fields.js';
import { parseClaim } from '../parse-claim.js';

const DATE = 'Sat, 16 Dec 2023 16:20:57 GMT';

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
    expect(error).toMatchObject({
      kind,
      ec,
      code: 'InvalidArgument',
      status: 400,
      message: 'Authorization header is invalid.',
      details: { Authorization: utf8Text(authorization) },
    });
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
