import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OssError } from '../../errors/oss-error.js';
import { parseQuery } from '../../wire/request-target.js';
import { utf8Bytes } from '../byte-string.js';
import { headerFields } from '../header-fields.js';
import { parseClaim } from '../parse-claim.js';
import { presignUrl } from '../presign-url.js';
import { signRequest } from '../sign-request.js';
import type { SignableRequest } from '../signable-request.js';
import { parseHttpDate } from '../signed-date.js';
import type { V2SigningOptions } from '../signing-options.js';
import { verifyClaim } from '../verify-claim.js';
import { stringToSignV2 } from './string-to-sign.js';

/** Puts a signed request through the verifier as a server would. */
function verify(request: SignableRequest, now: number, secret: string) {
  const claim = parseClaim(request);
  if (claim === undefined) throw new Error('the request bears no claim');
  verifyClaim(claim, request, { now, secret, region: 'cn-hangzhou' });
  return claim;
}

function refusal(run: () => unknown): OssError | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof OssError) return error;
    throw error;
  }
  return undefined;
}

const signedInHeaders = (request: SignableRequest, options: V2SigningOptions): SignableRequest => ({
  ...request,
  headers: new Map([...request.headers, ...signRequest(request, options)]),
});

// The examples of the pages on version 2, which Alibaba Cloud has taken down; apache/opendal-reqsign
// keeps them in its tests, with the keys that were published with them.
describe('the examples of the documentation', () => {
  const credentials = {
    accessKeyId: '44CF9590006BF252F707',
    accessKeySecret: 'OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV',
  };
  const nelson = { bucket: 'oss-example', key: 'nelson', query: [] };
  const at = (date: string): number => parseHttpDate(date) ?? Number.NaN;

  it.each([
    {
      title: 'PutObject',
      date: 'Wed, 15 Feb 2017 09:37:11 GMT',
      request: {
        ...nelson,
        method: 'PUT',
        headers: headerFields([
          ...['Content-MD5', 'FxqG8Ca0qEJPOghSihJ8Ew==', 'Content-Type', 'text/plain'],
          ...['x-oss-object-acl', 'private'],
        ]),
      },
      additionalHeaders: [],
      stringToSign:
        'PUT\nFxqG8Ca0qEJPOghSihJ8Ew==\ntext/plain\nWed, 15 Feb 2017 09:37:11 GMT\nx-oss-object-acl:private\n\n%2Foss-example%2Fnelson',
      authorization:
        'OSS2 AccessKeyId:44CF9590006BF252F707,Signature:5Am2ewK1tL0gXX7GV6dwybZtj7efOEtc0Mo2FR6CkM8=',
    },
    {
      title: 'additional headers',
      date: 'Thu, 16 Feb 2017 02:09:39 GMT',
      request: {
        ...nelson,
        method: 'GET',
        headers: headerFields([
          ...['Range', 'bytes=0-7', 'If-Modified-Since', 'Thu, 16 Feb 2017 02:10:39 GMT'],
        ]),
      },
      additionalHeaders: ['if-modified-since', 'range'],
      stringToSign:
        'GET\n\n\nThu, 16 Feb 2017 02:09:39 GMT\nif-modified-since:Thu, 16 Feb 2017 02:10:39 GMT\nrange:bytes=0-7\nif-modified-since;range\n%2Foss-example%2Fnelson',
      authorization:
        'OSS2 AccessKeyId:44CF9590006BF252F707,AdditionalHeaders:if-modified-since;range,Signature:YG9mKO3m4S0Jx9Hk6Lq64VchJg/TOTkyCX4DaeeOYxE=',
    },
  ])('in the header: $title', (example) => {
    const { date, request, additionalHeaders, stringToSign, authorization } = example;
    const now = at(date);
    expect(stringToSignV2(request, date, additionalHeaders)).toBe(stringToSign);
    const signed = signedInHeaders(request, {
      version: 'v2',
      credentials,
      now,
      additionalHeaders: [...additionalHeaders, 'absent', 'Content-Type'],
    });
    expect(signed.headers.get('authorization')).toBe(authorization);
    expect(verify(signed, now, credentials.accessKeySecret)).toMatchObject({ version: 'v2' });
  });

  it.each([
    ['a GET', '', 1_487_151_431, 1000, 'ps/+MLhd1WKkVi/QlOiliJsTaBMBk93f6UYVscDNHCQ='],
    [
      'a query',
      'extra-query=1',
      1_487_210_979,
      640,
      'wsARTPqvZdbdPjYpZfDZ/jisUaacYq7gGOdB3f1BgTE=',
    ],
  ])('in the URL: %s', (_title, rawQuery, seconds, lifetime, signature) => {
    const query = parseQuery(rawQuery);
    const request: SignableRequest = { ...nelson, method: 'GET', query, headers: new Map() };
    const now = seconds * 1000;
    const added = presignUrl(request, { version: 'v2', credentials, now }, lifetime);
    expect(added).toEqual([
      ['x-oss-signature-version', 'OSS2'],
      ['x-oss-expires', String(seconds + lifetime)],
      ['x-oss-access-key-id', '44CF9590006BF252F707'],
      ['x-oss-signature', signature],
    ]);
    const signed = { ...request, query: [...query, ...added] };
    const expiry = now + lifetime * 1000;
    expect(verify(signed, expiry, credentials.accessKeySecret)).toMatchObject({
      expiresAt: expiry,
    });
    expect(refusal(() => verify(signed, expiry + 1, credentials.accessKeySecret))).toMatchObject({
      kind: 'UrlExpired',
      ec: '0002-00000069',
    });
  });
});

interface Oss2Vector {
  readonly what: string;
  readonly place: 'header' | 'url';
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly additionalHeaders: readonly string[] | null;
  readonly token: string;
  readonly authorization?: string;
  readonly url?: string;
}

// Made with Alibaba Cloud's SDK for Python by tests/clients/oss2-vectors.py, which says how.
const made = JSON.parse(
  readFileSync(new URL('oss2-vectors.json', import.meta.url), 'utf8'),
) as Readonly<{
  now: number;
  accessKeyId: string;
  accessKeySecret: string;
  vectors: readonly Oss2Vector[];
}>;

/** What the SDK signs besides where it is not told. */
const SDK_ADDITIONAL = { header: ['range', 'if-modified-since'], url: [] };

describe('what the SDK for Python signs', () => {
  const { now, accessKeyId, accessKeySecret, vectors } = made;

  it.each(vectors.map((vector) => [`${vector.what} in the ${vector.place}`, vector] as const))(
    '%s',
    (_what, vector) => {
      const { place, method, bucket, key, token } = vector;
      const request: SignableRequest = {
        method,
        bucket: bucket === '' ? undefined : bucket,
        key: key === '' ? undefined : key,
        query: Object.entries(vector.query),
        headers: headerFields(
          Object.entries(vector.headers).flatMap(([name, value]) => [name, utf8Bytes(value)]),
        ),
      };
      const options: V2SigningOptions = {
        version: 'v2',
        credentials: {
          accessKeyId,
          accessKeySecret,
          securityToken: token === '' ? undefined : token,
        },
        now,
        additionalHeaders: vector.additionalHeaders ?? SDK_ADDITIONAL[place],
      };
      if (place === 'header') {
        const signed = signedInHeaders(request, options);
        // The SDK lists additional headers in any order.
        const inOrder = (text: string | undefined) =>
          text?.replace(/(?<=AdditionalHeaders:)[^,]*/, (list) => list.split(';').sort().join(';'));
        expect(signed.headers.get('authorization')).toBe(inOrder(vector.authorization));
        const asSent = new Map(signed.headers).set('authorization', vector.authorization ?? '');
        expect(verify({ ...signed, headers: asSent }, now, accessKeySecret)).toMatchObject({
          securityToken: token === '' ? undefined : token,
        });
        return;
      }
      const query = parseQuery(vector.url?.slice(vector.url.indexOf('?') + 1) ?? '');
      expect(verify({ ...request, query }, now, accessKeySecret)).toMatchObject({
        place: 'url',
        expiresAt: now + 600_000,
        securityToken: token === '' ? undefined : token,
      });
      const theirs = new Map(query);
      const ours = new Map(presignUrl(request, options, 600));
      const listed = 'x-oss-additional-headers';
      // A list in another order is another value to sign.
      if (ours.get(listed) !== theirs.get(listed)) {
        expect(ours.get(listed)).toBe(theirs.get(listed)?.split(';').sort().join(';'));
      } else expect(ours.get('x-oss-signature')).toBe(theirs.get('x-oss-signature'));
    },
  );
});
