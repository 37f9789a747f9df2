/**
 * What a signature looks like, and what it is refused with where it looks otherwise: versions 1, 2 and 4,
 * in the header and in the URL, on an object that everybody may read. So whatever is taken for a request
 * without a signature is answered 200 here, and shows.
 */
import fc from 'fast-check';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalForm, claimsToBeSigned } from '../support/canonical-form.js';
import { errorOf, send, sendRaw, sendSigned, type WireRequest } from '../support/http.js';
import { rawRequest } from '../support/raw-request.js';
import {
  SIGNATURE_VERSIONS,
  type SignatureVersion,
  signedInHeader,
  signedInUrl,
  withHeaders,
  withQuery,
} from '../support/signed-requests.js';

const bucket = 'examplebucket';
const now = Date.UTC(2026, 10, 23, 10, 0, 0);
const credentials = { accessKeyId: 'LTAIroot', accessKeySecret: 'root-secret' };
const target = { method: 'GET', bucket, key: 'public' };

let oss: OpenOss;
beforeAll(async () => {
  oss = await startOpenOss({ buckets: [bucket], credentials, now: () => now });
  const headers = { 'x-oss-object-acl': 'public-read' };
  await sendSigned(oss, { ...target, method: 'PUT', headers, body: 'for everybody' }, now);
});
afterAll(() => oss.close());

const inHeader = (version: SignatureVersion, request: WireRequest = target) =>
  signedInHeader(request, { version, by: credentials, at: now, additionalHeaders: ['range'] });
const inUrl = (version: SignatureVersion, request: WireRequest = target) =>
  signedInUrl(request, { version, by: credentials, at: now });

/** With the Authorization of a good request changed by a pattern. */
function authorization(version: SignatureVersion, from: RegExp | string, to: string): WireRequest {
  const good = inHeader(version);
  const changed = good.headers.authorization?.replace(from, to) ?? '';
  if (changed === good.headers.authorization) throw new Error(`nothing to change: ${changed}`);
  return withHeaders(good, { authorization: changed });
}

/** With one parameter of a signed URL changed; undefined takes it away. */
const parameter = (
  version: SignatureVersion,
  name: string,
  value: string | undefined,
): WireRequest => withQuery(inUrl(version), { [name]: value });

const scope = (from: string, to: string): WireRequest =>
  withQuery(inUrl('v4'), {
    'x-oss-credential': 'LTAIroot/20261123/cn-hangzhou/oss/aliyun_v4_request'.replace(from, to),
  });

const malformed = { Message: 'Authorization header is invalid.' };
const badList = { Message: 'Invalid additional headers in Authorization header.' };
const incomplete = (version: SignatureVersion) => ({
  Message: expect.stringMatching(
    version === 'v1'
      ? /^Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters$/
      : new RegExp(`^Query-string authentication version ${version.slice(1)} requires the `),
  ),
});
const about = (ArgumentName: string, ArgumentValue: unknown = expect.any(String)) => ({
  ArgumentName,
  ArgumentValue,
});

type Row = [request: () => WireRequest, said: Record<string, unknown>];

/** By EC, within the family 0002; 400 InvalidArgument. */
const invalid: Record<string, Row[]> = {
  '061': [
    [() => withHeaders(target, { authorization: 'OSS3 a:b' }), malformed],
    [() => authorization('v1', /^OSS /, 'oss '), malformed],
    [() => authorization('v2', /^OSS2 /, 'OSS2\t'), malformed],
    [() => authorization('v4', 'HMAC-SHA256', 'HMAC-SHA1'), malformed],
  ],
  '062': [[() => authorization('v1', /:.*/, ''), malformed]],
  '063': [[() => authorization('v1', 'LTAIroot:', ':'), malformed]],
  '064': [[() => authorization('v1', 'LTAIroot:', 'LTAI\troot:'), malformed]],
  '065': [[() => authorization('v1', /(?<=:).*/, ''), malformed]],
  '066': [
    [() => parameter('v4', 'x-oss-signature-version', 'OSS3'), about('x-oss-signature-version')],
    [() => parameter('v2', 'x-oss-signature-version', ''), about('x-oss-signature-version', '')],
    [() => withQuery(inUrl('v1'), { 'x-oss-signature-version': 'OSS1' }), {}],
  ],
  '073': [[() => parameter('v1', 'OSSAccessKeyId', 'a b'), about('OSSAccessKeyId', 'a b')]],
  '076': (['v2', 'v4'] as const).map((version) => [
    () => parameter(version, 'x-oss-additional-headers', ''),
    about('x-oss-additional-headers', ''),
  ]),
  '077': (['v2', 'v4'] as const).map((version) => [
    () => parameter(version, 'x-oss-additional-headers', 'host;;range'),
    about('x-oss-additional-headers', 'host;;range'),
  ]),
  '078': (['v2', 'v4'] as const).map((version) => [
    () => parameter(version, 'x-oss-additional-headers', 'host;range'),
    about('x-oss-additional-headers', 'host;range'),
  ]),
  '102': [
    [() => authorization('v2', /,Signature.*/, ','), malformed],
    [() => authorization('v2', /$/, ',a:b,c:d'), malformed],
    [
      // Two headers are one, with a comma between them.
      () => {
        const { authorization: once } = inHeader('v2').headers;
        return withHeaders(inHeader('v2'), { authorization: `${once},${once}` });
      },
      malformed,
    ],
  ],
  '103': [
    [() => authorization('v2', 'Signature:', 'Signature'), malformed],
    [() => authorization('v2', 'AccessKeyId:LTAIroot', 'Signature:x'), malformed],
  ],
  '104': [[() => authorization('v2', 'Signature:', 'signature:'), malformed]],
  '105': [[() => authorization('v2', 'AccessKeyId:LTAIroot', 'AdditionalHeaders:host'), malformed]],
  '106': [[() => authorization('v2', 'LTAIroot', ''), malformed]],
  '107': [[() => authorization('v2', 'LTAIroot', 'LTAI/root'), malformed]],
  '108': [[() => authorization('v2', /Signature:.*/, 'AdditionalHeaders:host'), malformed]],
  '109': [[() => authorization('v2', /(?<=Signature:).*/, ''), malformed]],
  '110': [[() => authorization('v2', /,/, ',AdditionalHeaders:,'), badList]],
  '111': [[() => authorization('v2', /,/, ',AdditionalHeaders:;host,'), badList]],
  '112': [[() => authorization('v2', /,/, ',AdditionalHeaders:range,'), badList]],
  '202': [
    [() => authorization('v4', /,Signature.*/, ''), malformed],
    [
      () => {
        const { authorization: once } = inHeader('v4').headers;
        return withHeaders(inHeader('v4'), { authorization: `${once},${once}` });
      },
      malformed,
    ],
  ],
  '203': [
    [() => authorization('v4', 'Signature=', 'Signature'), malformed],
    [() => authorization('v4', /Credential=[^,]*/, 'Signature=0'), malformed],
  ],
  '204': [[() => authorization('v4', 'Signature=', 'signature='), malformed]],
  '205': [[() => authorization('v4', /Credential=[^,]*/, 'AdditionalHeaders=host'), malformed]],
  '206': [[() => authorization('v4', '=LTAIroot', '=LTAI:root'), malformed]],
  '207': [[() => authorization('v4', /Signature=.*/, 'AdditionalHeaders=host'), malformed]],
  '208': [[() => authorization('v4', /(?<=Signature=).*/, ''), malformed]],
  '209': [[() => authorization('v4', /,/, ',AdditionalHeaders=,'), badList]],
  '210': [[() => authorization('v4', /,/, ',AdditionalHeaders=host;,'), badList]],
  '211': [[() => authorization('v4', /,/, ',AdditionalHeaders=range,'), badList]],
  '212': [
    [() => authorization('v4', '20261123', '20261124'), {}],
    [() => authorization('v4', '20261123', '2026-11-23'), {}],
  ],
  '213': [
    // The terminator is part of the form.
    [() => authorization('v4', 'aliyun_v4_request', 'aws4_request'), malformed],
    [() => authorization('v4', '/aliyun_v4_request', ''), malformed],
    [() => authorization('v4', 'cn-hangzhou', ''), malformed],
    [() => authorization('v4', '/oss/', '//'), malformed],
  ],
  '214': [
    [() => withHeaders(inHeader('v4'), { 'x-oss-content-sha256': undefined }), {}],
    [
      () => withHeaders(inHeader('v4'), { 'x-oss-content-sha256': 'e3b0c442' }),
      about('x-oss-content-sha256', 'e3b0c442'),
    ],
    [
      () => withHeaders(inUrl('v4'), { 'x-oss-content-sha256': 'e3b0c442' }),
      about('x-oss-content-sha256', 'e3b0c442'),
    ],
  ],
  '222': [
    [
      () => {
        const credential = 'LTAI\troot/20261123/cn-hangzhou/oss/aliyun_v4_request';
        return parameter('v4', 'x-oss-credential', credential);
      },
      about('x-oss-credential'),
    ],
  ],
  '223': [
    [() => scope('20261123', '20261124'), about('x-oss-credential')],
    [() => scope('20261123', 'today'), about('x-oss-credential')],
  ],
  '224': [
    [() => scope('aliyun_v4_request', 'aws4_request'), about('x-oss-credential')],
    [() => scope('/oss', ''), about('x-oss-credential')],
  ],
  '226': [[() => authorization('v4', 'cn-hangzhou', 'oss-cn-hangzhou'), about('Credential')]],
  '227': [[() => authorization('v4', '/oss/', '/oss2/'), about('Credential')]],
  '228': [[() => scope('cn-hangzhou', 'cn-beijing'), about('x-oss-credential')]],
  '232': ['0', '604801', '-1', '1.5', '1e3', 'x', '00000000060'].map((value) => [
    () => parameter('v4', 'x-oss-expires', value),
    about('x-oss-expires', value),
  ]),
  '901': [
    [() => parameter('v2', 'x-oss-access-key-id', 'a,b'), about('x-oss-access-key-id', 'a,b')],
  ],
  // Without an EC of its own.
  '': [
    [() => scope('/oss/', '/oss-cloudbox/'), about('x-oss-credential')],
    [() => parameter('v4', 'x-oss-date', 'Mon, 23 Nov 2026 10:00:00 GMT'), about('x-oss-date')],
    [
      () => withHeaders(inUrl('v4'), { 'x-oss-date': '20261123T100001Z' }),
      about('x-oss-date', '20261123T100000Z'),
    ],
  ],
};

/** By EC as well; 403 AccessDenied. */
const denied: Record<string, Row[]> = {
  '067': [[() => parameter('v1', 'Expires', undefined), incomplete('v1')]],
  '068': [[() => parameter('v1', 'Expires', ''), incomplete('v1')]],
  '070': (
    [
      ['v1', 'Expires'],
      ['v2', 'x-oss-expires'],
    ] as const
  ).flatMap(([version, name]) =>
    ['soon', '-1', '1.5', '1e12', ' 1'].map(
      (value): Row => [
        () => parameter(version, name, value),
        { Message: 'Invalid date (should be seconds since epoch).' },
      ],
    ),
  ),
  '071': [[() => parameter('v1', 'OSSAccessKeyId', undefined), incomplete('v1')]],
  '072': [[() => parameter('v1', 'OSSAccessKeyId', ''), incomplete('v1')]],
  '074': [[() => parameter('v1', 'Signature', undefined), incomplete('v1')]],
  '075': [[() => parameter('v1', 'Signature', ''), incomplete('v1')]],
  '113': [[() => parameter('v2', 'x-oss-expires', undefined), incomplete('v2')]],
  '114': [[() => parameter('v2', 'x-oss-expires', ''), incomplete('v2')]],
  '115': [[() => parameter('v2', 'x-oss-access-key-id', undefined), incomplete('v2')]],
  '116': [[() => parameter('v2', 'x-oss-access-key-id', ''), incomplete('v2')]],
  '117': [[() => parameter('v2', 'x-oss-signature', undefined), incomplete('v2')]],
  '118': [[() => parameter('v2', 'x-oss-signature', ''), incomplete('v2')]],
  '215': [
    [() => parameter('v4', 'x-oss-signature-version', undefined), incomplete('v4')],
    [() => parameter('v2', 'x-oss-signature-version', undefined), incomplete('v4')],
    [() => parameter('v4', 'x-oss-expires', undefined), incomplete('v4')],
    [() => parameter('v4', 'x-oss-date', undefined), incomplete('v4')],
  ],
  '216': [[() => parameter('v4', 'x-oss-expires', ''), incomplete('v4')]],
  '217': [[() => parameter('v4', 'x-oss-credential', undefined), incomplete('v4')]],
  '218': [[() => parameter('v4', 'x-oss-credential', ''), incomplete('v4')]],
  '219': [[() => parameter('v4', 'x-oss-signature', undefined), incomplete('v4')]],
  '220': [[() => parameter('v4', 'x-oss-signature', ''), incomplete('v4')]],
};

const rowsOf = (table: Record<string, Row[]>, status: number, code: string) =>
  Object.entries(table).flatMap(([ec, rows]) =>
    rows.map(([request, said], at) => ({
      title: `${ec === '' ? 'no EC' : `0002-00000${ec}`}, ${at + 1}`,
      ec: ec === '' ? undefined : `0002-00000${ec}`,
      status,
      code,
      request,
      said,
    })),
  );

describe('a signature that is malformed', () => {
  it.each([...rowsOf(invalid, 400, 'InvalidArgument'), ...rowsOf(denied, 403, 'AccessDenied')])(
    'is refused: $title',
    async ({ request, ec, status, code, said }) => {
      const sent = request();
      const answer = await send(oss.endpoint, sent);
      const error = errorOf(answer);
      expect(error).toMatchObject({ Code: code, ...said });
      expect(error.EC).toBe(ec);
      expect(answer.headers['x-oss-ec']).toBe(ec);
      expect(answer.status).toBe(status);
      // What is wrong with an Authorization header shows best in the header itself.
      const isAboutHeader =
        sent.headers?.authorization !== undefined &&
        !('ArgumentName' in error) &&
        error.Message === malformed.Message;
      if (isAboutHeader) expect(error.Authorization).toBe(sent.headers?.authorization);
    },
  );
});

describe('several signatures at once', () => {
  it.each(
    SIGNATURE_VERSIONS.flatMap((one) => SIGNATURE_VERSIONS.map((other) => [one, other] as const)),
  )('%s in the header and %s in the URL are refused', async (one, other) => {
    const url = inUrl(other);
    for (const both of [{ ...inHeader(one, url) }, withHeaders(url, inHeader(one).headers)]) {
      const answer = await send(oss.endpoint, both);
      expect(errorOf(answer)).toMatchObject({ Code: 'InvalidArgument', EC: '0002-00000039' });
      expect(answer.status).toBe(400);
    }
  });

  it.each(SIGNATURE_VERSIONS)(
    '%s in two Authorization headers is refused, though both are good',
    async (version) => {
      const request = inHeader(version);
      const second = `authorization: ${request.headers.authorization}\r\n`;
      const raw = rawRequest(oss.endpoint, request).replace(/\r\n\r\n$/, `\r\n${second}\r\n`);
      const answer = await sendRaw(oss.endpoint, raw);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer).not.toContain('for everybody');
    },
  );

  it('v1 and a later one in one URL count as the later one, which signs both', async () => {
    for (const later of ['v2', 'v4'] as const) {
      const both = inUrl(later, inUrl('v1'));
      expect((await send(oss.endpoint, both)).status).toBe(200);
      // Signed the other way round, the later signature does not know of the earlier.
      const answer = await send(oss.endpoint, inUrl('v1', inUrl(later)));
      expect(errorOf(answer)).toMatchObject({ Code: 'SignatureDoesNotMatch' });
    }
  });
});

describe('whatever is changed in a signed request', () => {
  const signedGet: WireRequest = {
    ...target,
    query: [['response-content-type', 'text/plain']],
    headers: { range: 'bytes=0-3', 'content-type': 'a/b', 'x-oss-range-behavior': 'standard' },
  };
  const ways = SIGNATURE_VERSIONS.flatMap(
    (version) =>
      [
        [`${version} in the header`, inHeader, version],
        [`${version} in the URL`, inUrl, version],
      ] as const,
  );
  const insertions = fc.oneof(
    fc.constantFrom('', 'a', '0', '%', '%41', '&', '=', '?', '/', ',', ';', ':', ' ', '\t', '+'),
    fc.constantFrom('acl', '\r\n', '\r\nx-oss-a: b', 'Signature=', 'x-oss-', '%2F', '\x00', '\xe4'),
    fc.constantFrom('\r\nAuthorization: OSS a:b', '&x-oss-signature=', '&Expires=9999999999'),
  );

  it.each(ways)('%s: it is refused, or still says what was signed', async (_way, sign, version) => {
    const original = rawRequest(oss.endpoint, sign(version, signedGet));
    const signed = canonicalForm(original);
    expect(await sendRaw(oss.endpoint, original)).toMatch(/^HTTP\/1\.1 206 /);
    let refused = 0;
    let served = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: original.length - 5 }),
        fc.nat({ max: 3 }),
        insertions,
        fc.boolean(),
        async (at, remove, insert, changesCase) => {
          const old = original.slice(at, at + remove);
          const swapped = old === old.toLowerCase() ? old.toUpperCase() : old.toLowerCase();
          const changed = changesCase ? swapped : insert;
          const raw = original.slice(0, at) + changed + original.slice(at + remove);
          const head = raw.includes('\r\n\r\n') ? raw : `${raw}\r\n\r\n`;
          const answer = await sendRaw(oss.endpoint, Buffer.from(head, 'latin1'), {
            halfClose: true,
          });
          const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);
          if (status >= 400 || status === 0) {
            refused++;
            return;
          }
          served++;
          // Without any claim left it is anonymous, as it then says.
          if (claimsToBeSigned(head)) expect(canonicalForm(head)).toEqual(signed);
        },
      ),
      { numRuns: 150 },
    );
    expect(refused).toBeGreaterThan(20);
    expect(served).toBeGreaterThan(0);
  });
});
