/**
 * Every way a signature is refused, as it stands on the wire: status, code, EC, sentence and elements.
 * Which fault has which EC is the pages' of the ECs (family 0002); what is well-formed and what is not
 * is tested beside the parsers.
 */
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sendSigned, type WireRequest } from '../support/http.js';
import {
  SIGNATURE_VERSIONS,
  type Signing,
  signedInHeader,
  signedInUrl,
  withHeaders,
  withQuery,
} from '../support/signed-requests.js';

const bucket = 'examplebucket';
const now = Date.UTC(2026, 10, 23, 10, 0, 0);
const minutes = 60_000;
const credentials = { accessKeyId: 'LTAIroot', accessKeySecret: 'root-secret' };
const stranger = { accessKeyId: 'LTAInobody', accessKeySecret: 'root-secret' };
const liar = { accessKeyId: 'LTAIroot', accessKeySecret: 'another-secret' };
const token = 'CAISowJ1q6Ft5B2y';

let oss: OpenOss;
beforeAll(async () => {
  oss = await startOpenOss({ buckets: [bucket], credentials, now: () => now });
});
afterAll(() => oss.close());

const target = { method: 'PUT', bucket, key: 'refused' };

type How = Partial<Signing>;
const signing = (how: How): Signing => ({ version: 'v4', by: credentials, at: now, ...how });
/** A PUT signed in its headers. */
const inHeader = (how: How = {}) => signedInHeader({ ...target, body: 'x' }, signing(how));
/** A PUT signed in its URL. */
const inUrl = (how: How = {}) => signedInUrl({ ...target, body: 'x' }, signing(how));

const authorizationInvalid = 'Authorization header is invalid.';
const urlV1Incomplete =
  'Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters';
const skewed = {
  Message: 'The difference between the request time and the current time is too large.',
  MaxAllowedSkewMilliseconds: '900000',
  ServerTime: '2026-11-23T10:00:00.000Z',
};
const mismatched = {
  Message:
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  OSSAccessKeyId: 'LTAIroot',
  SignatureProvided: expect.stringMatching(/^[\w+/=]+$/),
  StringToSign: expect.stringContaining('2026'),
  StringToSignBytes: expect.stringMatching(/^(?:[0-9A-F]{2} )+$/),
};

type Row = [
  what: string,
  request: () => WireRequest,
  status: number,
  code: string,
  ec: string | undefined,
  said: Record<string, unknown>,
];

const rows: Row[] = [
  // Who nobody knows.
  ...SIGNATURE_VERSIONS.flatMap((version): Row[] => {
    const said = {
      Message: 'The OSS Access Key Id you provided does not exist in our records.',
      OSSAccessKeyId: 'LTAInobody',
    };
    const row = (place: string, request: () => WireRequest): Row => [
      `${version} in the ${place} with an unknown access key`,
      request,
      403,
      'InvalidAccessKeyId',
      '0002-00000902',
      said,
    ];
    return [
      row('header', () => inHeader({ version, by: stranger })),
      row('URL', () => inUrl({ version, by: stranger })),
    ];
  }),

  // What was signed with another secret, or is not what was signed.
  [
    'v1 in the header with another secret',
    () => inHeader({ version: 'v1', by: liar }),
    403,
    'SignatureDoesNotMatch',
    '0002-00000040',
    {
      ...mismatched,
      StringToSign:
        'PUT\n\n\nMon, 23 Nov 2026 10:00:00 GMT\nx-oss-date:Mon, 23 Nov 2026 10:00:00 GMT\n/examplebucket/refused',
      StringToSignBytes: expect.stringMatching(/^50 55 54 0A 0A 0A 4D /),
    },
  ],
  [
    'v1 in the URL with another secret',
    () => inUrl({ version: 'v1', by: liar }),
    403,
    'SignatureDoesNotMatch',
    '0002-00000040',
    { ...mismatched, StringToSign: `PUT\n\n\n${now / 1000 + 60}\n/examplebucket/refused` },
  ],
  [
    'v2 in the header with another secret',
    () => inHeader({ version: 'v2', by: liar, additionalHeaders: ['host'] }),
    403,
    'SignatureDoesNotMatch',
    '0002-00000101',
    {
      ...mismatched,
      StringToSign: 'PUT\n\n\nMon, 23 Nov 2026 10:00:00 GMT\n\n%2Fexamplebucket%2Frefused',
      StringToSignBytes: expect.stringMatching(/^50 55 54 0A 0A 0A 4D /),
    },
  ],
  [
    'v2 in the URL with another secret',
    () => inUrl({ version: 'v2', by: liar }),
    403,
    'SignatureDoesNotMatch',
    '0002-00000101',
    {
      ...mismatched,
      StringToSign: `PUT\n\n\n${now / 1000 + 60}\n\n%2Fexamplebucket%2Frefused?x-oss-access-key-id=LTAIroot&x-oss-expires=${now / 1000 + 60}&x-oss-signature-version=OSS2`,
    },
  ],
  [
    'v4 in the header with another secret',
    () => inHeader({ by: liar }),
    403,
    'SignatureDoesNotMatch',
    '0002-00000201',
    {
      ...mismatched,
      StringToSign: expect.stringMatching(
        /^OSS4-HMAC-SHA256\n20261123T100000Z\n20261123\/cn-hangzhou\/oss\/aliyun_v4_request\n[0-9a-f]{64}$/,
      ),
      CanonicalRequest:
        'PUT\n/examplebucket/refused\n\nx-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:20261123T100000Z\n\n\nUNSIGNED-PAYLOAD',
    },
  ],
  [
    'v4 in the URL with another secret',
    () => inUrl({ by: liar }),
    403,
    'SignatureDoesNotMatch',
    '0002-00000201',
    {
      ...mismatched,
      CanonicalRequest: expect.stringMatching(/^PUT\n\/examplebucket\/refused\nx-oss-credential=/),
    },
  ],
  [
    'a header that was added after signing',
    () => withHeaders(inHeader(), { 'x-oss-object-acl': 'public-read' }),
    403,
    'SignatureDoesNotMatch',
    '0002-00000201',
    { CanonicalRequest: expect.stringContaining('\nx-oss-object-acl:public-read\n') },
  ],
  [
    'a key that was changed after signing',
    () => ({ ...inHeader(), key: 'refused2' }),
    403,
    'SignatureDoesNotMatch',
    '0002-00000201',
    { CanonicalRequest: expect.stringContaining('/examplebucket/refused2\n') },
  ],
  [
    'a signed URL used with a Content-Type that was not signed',
    () => withHeaders(inUrl(), { 'content-type': 'text/plain' }),
    403,
    'SignatureDoesNotMatch',
    '0002-00000201',
    { CanonicalRequest: expect.stringContaining('\ncontent-type:text/plain\n') },
  ],

  // When.
  ...SIGNATURE_VERSIONS.flatMap((version): Row[] =>
    [-15 * minutes - 1000, 15 * minutes + 1000].map((skew) => [
      `${version} in the header signed ${skew / 1000} s from now`,
      () => inHeader({ version, at: now + skew }),
      403,
      'RequestTimeTooSkewed',
      '0002-00000504',
      { ...skewed, RequestTime: new Date(now + skew).toISOString() },
    ]),
  ),
  ...(['v1', 'v2'] as const).map(
    (version): Row => [
      `${version} in a URL that has expired`,
      () => inUrl({ version, at: now - 61_000 }),
      403,
      'AccessDenied',
      '0002-00000069',
      {
        Message: 'Request has expired.',
        Expires: '2026-11-23T09:59:59.000Z',
        ServerTime: '2026-11-23T10:00:00.000Z',
      },
    ],
  ),
  [
    'v4 in a URL that has expired',
    () => inUrl({ at: now - 61_000 }),
    403,
    'AccessDenied',
    '0002-00000236',
    {
      Message: 'Request has expired.',
      Expires: '2026-11-23T09:59:59.000Z',
      ServerTime: '2026-11-23T10:00:00.000Z',
    },
  ],
  [
    'v4 in a URL of the future',
    () => inUrl({ at: now + 15 * minutes + 1000 }),
    403,
    'AccessDenied',
    '0002-00000235',
    { Expires: '2026-11-23T10:16:01.000Z', ServerTime: '2026-11-23T10:00:00.000Z' },
  ],
  ...SIGNATURE_VERSIONS.flatMap((version): Row[] => [
    [
      `${version} in the header without a date`,
      () => withHeaders(inHeader({ version }), { date: undefined, 'x-oss-date': undefined }),
      403,
      'AccessDenied',
      '0002-00000503',
      { Message: 'OSS authentication requires a valid Date.' },
    ],
    [
      `${version} in the header with a date that is none`,
      () => withHeaders(inHeader({ version }), { date: 'yesterday', 'x-oss-date': 'yesterday' }),
      403,
      'AccessDenied',
      '0002-00000502',
      { Message: 'OSS authentication requires a valid Date.' },
    ],
  ]),
  [
    'v1 in a URL whose Expires is no number',
    () => withQuery(inUrl({ version: 'v1' }), { Expires: 'soon' }),
    403,
    'AccessDenied',
    '0002-00000070',
    { Message: 'Invalid date (should be seconds since epoch).' },
  ],
  [
    'v4 in a URL that is good for longer than seven days',
    () => withQuery(inUrl(), { 'x-oss-expires': '604801' }),
    400,
    'InvalidArgument',
    '0002-00000232',
    { ArgumentName: 'x-oss-expires', ArgumentValue: '604801' },
  ],

  // Where.
  [
    'v4 in the header for another region',
    () => inHeader({ region: 'cn-beijing' }),
    400,
    'InvalidArgument',
    '0002-00000226',
    { Message: 'Invalid signing region in Authorization header.' },
  ],
  [
    'v4 in the header for another product',
    () => inHeader({ product: 'oss-cloudbox' }),
    400,
    'InvalidArgument',
    '0002-00000227',
    { Message: 'Invalid signing product in Authorization header.' },
  ],
  [
    'v4 in the URL for another region',
    () => inUrl({ region: 'cn-beijing' }),
    400,
    'InvalidArgument',
    '0002-00000228',
    { ArgumentName: 'x-oss-credential' },
  ],
  [
    'v4 in the URL for another product',
    () => inUrl({ product: 'oss-cloudbox' }),
    400,
    'InvalidArgument',
    undefined,
    { ArgumentName: 'x-oss-credential' },
  ],
  [
    'v4 in the header whose scope is of another day',
    () => {
      const { headers } = inHeader();
      return withHeaders(
        { ...target, body: 'x' },
        { ...headers, authorization: headers.authorization?.replace('/20261123/', '/20261122/') },
      );
    },
    400,
    'InvalidArgument',
    '0002-00000212',
    { Message: 'Invalid signing date in Authorization header.' },
  ],

  // How.
  [
    'both a header and a URL',
    () => ({ ...inUrl(), headers: inHeader().headers }),
    400,
    'InvalidArgument',
    '0002-00000039',
    {},
  ],
  ...(['Basic dXNlcjpwYXNz', 'Bearer x', 'AWS4-HMAC-SHA256 Credential=x', 'OSS', ''] as const).map(
    (authorization): Row => [
      `an unknown scheme: ${JSON.stringify(authorization)}`,
      () => ({ ...target, body: 'x', headers: { authorization } }),
      400,
      'InvalidArgument',
      '0002-00000061',
      { Message: authorizationInvalid, Authorization: authorization },
    ],
  ),
  [
    'v1 without a colon',
    () => withHeaders(inHeader({ version: 'v1' }), { authorization: 'OSS LTAIroot' }),
    400,
    'InvalidArgument',
    '0002-00000062',
    { Message: authorizationInvalid },
  ],
  [
    'v4 without x-oss-content-sha256',
    () => withHeaders(inHeader(), { 'x-oss-content-sha256': undefined }),
    400,
    'InvalidArgument',
    '0002-00000214',
    { ArgumentName: 'x-oss-content-sha256' },
  ],
  [
    'v4 with a field too many',
    () => {
      const { headers } = inHeader();
      return withHeaders(
        { ...target, body: 'x' },
        { ...headers, authorization: `${headers.authorization},a=b,c=d` },
      );
    },
    400,
    'InvalidArgument',
    '0002-00000202',
    { Message: authorizationInvalid },
  ],
  ...(
    [
      ['Expires', '0002-00000067'],
      ['OSSAccessKeyId', '0002-00000071'],
      ['Signature', '0002-00000074'],
    ] as const
  ).map(
    ([parameter, ec]): Row => [
      `v1 in a URL without ${parameter}`,
      () => withQuery(inUrl({ version: 'v1' }), { [parameter]: undefined }),
      403,
      'AccessDenied',
      ec,
      { Message: urlV1Incomplete },
    ],
  ),
  ...(
    [
      ['x-oss-expires', '0002-00000215'],
      ['x-oss-credential', '0002-00000217'],
      ['x-oss-signature', '0002-00000219'],
      ['x-oss-date', '0002-00000215'],
    ] as const
  ).map(
    ([parameter, ec]): Row => [
      `v4 in a URL without ${parameter}`,
      () => withQuery(inUrl(), { [parameter]: undefined }),
      403,
      'AccessDenied',
      ec,
      { Message: expect.stringMatching(/^Query-string authentication version 4 requires the /) },
    ],
  ),

  // Tokens, which only temporary access keys have.
  ...SIGNATURE_VERSIONS.flatMap((version): Row[] => {
    const said = {
      Message: 'The OSS access key id and security token you provided does not match.',
    };
    const by = { ...credentials, securityToken: token };
    const code = 'AccessKeyIdAndSecurityTokenNotMatch';
    return [
      [
        `${version} in the header with a token, by a lasting key`,
        () => inHeader({ version, by }),
        403,
        code,
        undefined,
        said,
      ],
      [
        `${version} in the URL with a token, by a lasting key`,
        () => inUrl({ version, by }),
        403,
        code,
        undefined,
        said,
      ],
    ];
  }),
  [
    'a temporary key without its token',
    () => inHeader({ by: { accessKeyId: 'STS.abc', accessKeySecret: 'x' } }),
    403,
    'InvalidAccessKeyId',
    '0002-00000003',
    {
      OSSAccessKeyId: 'STS.abc',
      Message: expect.stringContaining('The Security Token may be lost'),
    },
  ],
  [
    'a temporary key with a token that was not made here',
    () => inHeader({ by: { accessKeyId: 'STS.abc', accessKeySecret: 'x', securityToken: token } }),
    403,
    'InvalidSecurityToken',
    '0002-00000006',
    { Message: 'The security token you provided is invalid.' },
  ],
  [
    'a token in a header beside a signature in the URL',
    () => withHeaders(inUrl(), { 'x-oss-security-token': token }),
    400,
    'InvalidArgument',
    '0002-00000005',
    {},
  ],
  [
    'a token both in a header and in the URL',
    () =>
      withHeaders(inUrl({ by: { ...credentials, securityToken: token } }), {
        'x-oss-security-token': token,
      }),
    400,
    'InvalidArgument',
    '0002-00000010',
    {},
  ],
];

describe('a signature is refused:', () => {
  it.each(rows)('%s', async (_what, request, status, code, ec, said) => {
    const answer = await send(oss.endpoint, request());
    const error = errorOf(answer);
    expect(error).toMatchObject({ Code: code, ...said });
    expect(answer.status).toBe(status);
    expect(error.EC).toBe(ec);
    expect(answer.headers['x-oss-ec']).toBe(ec);
    expect(answer.headers['content-type']).toBe('application/xml');
    expect(answer.headers.date).toBe('Mon, 23 Nov 2026 10:00:00 GMT');
    expect(error.RequestId).toBe(answer.headers['x-oss-request-id']);
    // Nobody learns the secret, and nothing is taken for anonymous.
    expect(answer.text).not.toContain('root-secret');
    const stored = await sendSigned(oss, { ...target, method: 'HEAD' }, now);
    expect(stored.status).toBe(404);
  });
});

describe('a signature within its time is taken', () => {
  it.each([
    ...SIGNATURE_VERSIONS.flatMap(
      (version) =>
        [
          [
            `${version} in the header, 15 minutes old`,
            () => inHeader({ version, at: now - 15 * minutes }),
          ],
          [
            `${version} in the header, 15 minutes ahead`,
            () => inHeader({ version, at: now + 15 * minutes }),
          ],
          [`${version} in a URL in its last second`, () => inUrl({ version, at: now - 60_000 })],
        ] as const,
    ),
    ['v4 in a URL, 15 minutes ahead', () => inUrl({ at: now + 15 * minutes })],
  ] as const)('%s', async (_what, request) => {
    expect((await send(oss.endpoint, request())).status).toBe(200);
    expect((await sendSigned(oss, { ...target, method: 'DELETE' }, now)).status).toBe(204);
  });
});
