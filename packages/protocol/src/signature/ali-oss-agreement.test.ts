import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery, percentDecode, type QueryParameter } from '../wire/request-target.js';
import { utf8Bytes } from './byte-string.js';
import { headerFields } from './header-fields.js';
import { parseClaim } from './parse-claim.js';
import { presignUrl } from './presign-url.js';
import { signRequest } from './sign-request.js';
import type { SignableRequest } from './signable-request.js';
import { formatHttpDate } from './signed-date.js';
import { signatureV1 } from './v1/signature.js';
import { stringToSignV1 } from './v1/string-to-sign.js';
import { verifyClaim } from './verify-claim.js';

// `ali-oss` is the official SDK for Node.js, and its signer was written apart from ours: where the
// two agree over generated requests, neither is wrong alone. It signs some things otherwise, which
// the generators here leave out: names sorted with `localeCompare` (so mixed-case names may come in
// another order than OSS documents), and Unicode white space trimmed off header values.

interface SignUtils {
  buildCanonicalString(
    method: string,
    resource: string,
    request: { headers: Record<string, string>; parameters: Record<string, string | null> },
    expires?: string,
  ): string;
  computeSignature(secret: string, canonicalString: string): string;
  authorizationV4(
    accessKeyId: string,
    secret: string,
    region: string,
    method: string,
    request: { headers: Record<string, string>; queries: Record<string, string | null> },
    bucket: string | undefined,
    object: string | undefined,
    additionalHeaders: readonly string[],
  ): string;
}

interface AliOssClient {
  signatureUrl(name: string, options: Record<string, unknown>): string;
  signatureUrlV4(
    method: string,
    expires: number,
    request: { headers?: Record<string, string>; queries?: Record<string, string | null> },
    name: string,
    additionalHeaders: readonly string[],
  ): Promise<string>;
}

type AliOss = new (options: Record<string, unknown>) => AliOssClient;

const load = createRequire(import.meta.url);
const signUtils: SignUtils = load('ali-oss/lib/common/signUtils');
const AliOssConstructor: AliOss = load('ali-oss');

const now = Date.UTC(2023, 11, 16, 16, 20, 57);
const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' };
const region = 'cn-hangzhou';

const lowerName = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 10 });
const visible = text.map((value) => value.replaceAll(/\p{Cc}|^\s+|\s+$/gu, ''));
const headers = fc.dictionary(
  fc.oneof(
    lowerName.map((suffix) => `x-oss-meta-${suffix}`),
    fc.constantFrom('content-type', 'content-md5', 'host', 'range'),
  ),
  visible,
  { noNullPrototype: true },
);

function entries(record: Readonly<Record<string, string>>): string[] {
  return Object.entries(record).flatMap(([name, value]) => [name, utf8Bytes(value)]);
}

/** The request that a signed URL stands for, addressed at the virtual host of its bucket. */
function requestOfUrl(method: string, url: string, raw: readonly string[] = []): SignableRequest {
  const [address = '', rawQuery = ''] = url.split('?');
  const path = address.slice(address.indexOf('/', 'http://'.length) + 1);
  return {
    method,
    bucket: 'bucket',
    key: percentDecode(path),
    query: parseQuery(rawQuery),
    headers: headerFields(raw),
  };
}

function verify(request: SignableRequest): void {
  const claim = parseClaim(request);
  if (claim === undefined) throw new Error('the request bears no claim');
  verifyClaim(claim, request, { secret: 'sk', now: Date.now(), region });
}

describe('the signer of ali-oss agrees with ours', () => {
  it('on version 1 strings to sign and signatures', () => {
    const subResource = fc.dictionary(
      fc.constantFrom('acl', 'uploadId', 'partNumber', 'x-oss-process', 'versionId', 'symlink'),
      text,
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(headers, subResource, text, (fields, parameters, key) => {
        const date = formatHttpDate(now);
        const theirs = signUtils.buildCanonicalString('PUT', `/bucket/${key}`, {
          headers: { 'content-type': '', ...fields, 'x-oss-date': date },
          parameters,
        });
        const request: SignableRequest = {
          method: 'PUT',
          bucket: 'bucket',
          key,
          query: Object.entries(parameters),
          headers: headerFields([...entries(fields), 'x-oss-date', date]),
        };
        const ours = stringToSignV1(request, date);
        expect(ours).toBe(utf8Bytes(theirs));
        expect(signatureV1('sk', ours)).toBe(signUtils.computeSignature('sk', theirs));
      }),
    );
  });

  it('on version 4 Authorization headers', () => {
    const queries = fc.dictionary(lowerName, fc.oneof(fc.constant(null), text), {
      noNullPrototype: true,
    });
    const wanted = fc.subarray(['host', 'range']);
    fc.assert(
      fc.property(headers, queries, text, wanted, (fields, parameters, key, additional) => {
        const present = additional.filter((name) => name in fields);
        const request: SignableRequest = {
          method: 'PUT',
          bucket: 'bucket',
          key,
          // An empty string is signed with its `=` by them: see the tests of the verifier.
          query: Object.entries(parameters).map(
            ([name, value]): QueryParameter => [name, value === '' ? null : value],
          ),
          headers: headerFields(entries(fields)),
        };
        const ours = signRequest(request, {
          version: 'v4',
          credentials,
          now,
          region,
          additionalHeaders: present,
        });
        const theirs = signUtils.authorizationV4(
          'ak',
          'sk',
          region,
          'PUT',
          {
            headers: {
              ...fields,
              'x-oss-date': ours.get('x-oss-date') ?? '',
              'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
            },
            queries: Object.fromEntries(request.query),
          },
          'bucket',
          key,
          present,
        );
        expect(ours.get('authorization')).toBe(theirs);
      }),
    );
  });
});

describe('what ali-oss signs, ours verifies', () => {
  const client = new AliOssConstructor({
    ...credentials,
    region: 'oss-cn-hangzhou',
    bucket: 'bucket',
  });
  const sts = { accessKeyId: 'STS.ak', accessKeySecret: 'sk', stsToken: 'to+ken/=' };
  const temporary = new AliOssConstructor({
    ...sts,
    refreshSTSToken: async () => sts,
    region: 'oss-cn-hangzhou',
    bucket: 'bucket',
  });

  it('a version 4 query with empty strings, though it is signed with `=`', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('prefix', 'delimiter', 'marker'), fc.constantFrom('', 'a'), {
          noNullPrototype: true,
        }),
        fc.constantFrom('uploads', 'versions', 'acl'),
        (query, subResource) => {
          const dated = {
            'x-oss-date': '20231216T162057Z',
            'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
          };
          const queries = { ...query, [subResource]: null };
          const authorization = signUtils.authorizationV4(
            'ak',
            'sk',
            region,
            'GET',
            { headers: dated, queries },
            'bucket',
            undefined,
            [],
          );
          const request: SignableRequest = {
            method: 'GET',
            bucket: 'bucket',
            // It sends `uploads=` for null, and `prefix=` for the empty string.
            query: Object.entries(queries).map(
              ([name, value]): QueryParameter => [name, value ?? ''],
            ),
            headers: headerFields([...entries(dated), 'authorization', authorization]),
          };
          const claim = parseClaim(request);
          if (claim === undefined) throw new Error('the request bears no claim');
          verifyClaim(claim, request, { secret: 'sk', now, region });
        },
      ),
    );
  });

  it.each(['plain.txt', 'a b/+c&d=é.txt', "it's (1)*!.txt", '目录/文件'])(
    'URLs for %s',
    async (key) => {
      const v1 = client.signatureUrl(key, {
        expires: 60,
        method: 'GET',
        process: 'image/resize,w_100',
        response: { 'content-type': 'text/plain; charset=utf-8' },
      });
      verify(requestOfUrl('GET', v1));
      const v1Temporary = temporary.signatureUrl(key, { expires: 60, method: 'PUT' });
      verify(requestOfUrl('PUT', v1Temporary));
      const v4 = await client.signatureUrlV4(
        'PUT',
        60,
        {
          headers: { 'Content-Type': 'text/plain', Host: 'h' },
          queries: { versionId: 'v', acl: null },
        },
        key,
        ['Host'],
      );
      verify(requestOfUrl('PUT', v4, ['Content-Type', 'text/plain', 'Host', 'h']));
      const v4Temporary = await temporary.signatureUrlV4('GET', 60, {}, key, []);
      verify(requestOfUrl('GET', v4Temporary));
    },
  );

  it('and a URL that we sign is the URL that it signs', async () => {
    const theirs = requestOfUrl('GET', await client.signatureUrlV4('GET', 60, {}, 'a b', []));
    const claim = parseClaim(theirs);
    if (claim?.version !== 'v4') throw new Error('the URL bears no version 4 claim');
    const ours = presignUrl(
      { ...theirs, query: [] },
      { version: 'v4', credentials, now: claim.signedAt, region },
      60,
    );
    expect(new Map(ours)).toEqual(new Map(theirs.query));
  });
});
