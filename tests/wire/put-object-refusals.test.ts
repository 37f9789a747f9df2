/**
 * Every refusal of PutObject (oss-protocol facts: the PutObject page, the HTTP status pages, the EC
 * pages) but those of its body: status, code, EC, and what else the answer says. And that nothing
 * was stored.
 */
import { createHash } from 'node:crypto';
import type { OpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sendSigned, type WireRequest } from '../support/http.js';
import { startOss } from '../support/start-oss.js';

let oss: OpenOss;

beforeAll(async () => {
  oss = await startOss({ buckets: ['examplebucket'] });
});
afterAll(() => oss.close());

const put = (request: Partial<WireRequest> = {}): WireRequest => ({
  method: 'PUT',
  bucket: 'examplebucket',
  key: 'refused',
  body: 'hi oss',
  ...request,
});

async function expectNothingStored(key = 'refused'): Promise<void> {
  expect((await sendSigned(oss, { method: 'HEAD', bucket: 'examplebucket', key })).status).toBe(
    404,
  );
}

type Row = [
  what: string,
  headers: Record<string, string>,
  status: number,
  code: string,
  ec: string | undefined,
  said: Record<string, string>,
];

const elevenTags = Array.from({ length: 11 }, (_, at) => `k${at}=v`).join('&');
const wrongMd5 = createHash('md5').update('another').digest('base64');

const rows: Row[] = [
  [
    'a Content-MD5 that is none',
    { 'content-md5': 'no' },
    400,
    'InvalidDigest',
    '0017-00000502',
    { 'Content-MD5': 'no', Message: 'The Content-MD5 you specified was invalid.' },
  ],
  [
    'a Content-MD5 of 15 bytes',
    { 'content-md5': Buffer.alloc(15).toString('base64') },
    400,
    'InvalidDigest',
    '0017-00000502',
    {},
  ],
  [
    'a Content-MD5 of another body',
    { 'content-md5': wrongMd5 },
    400,
    'InvalidDigest',
    '0017-00000503',
    { 'Content-MD5': wrongMd5 },
  ],
  [
    'a CRC-64 of another body',
    { 'x-oss-hash-crc64ecma': '1' },
    400,
    'InvalidCRC64',
    undefined,
    { Message: 'The x-oss-hash-crc64ecma you specified does not match what we calculated.' },
  ],
  [
    'a CRC-64 that is none',
    { 'x-oss-hash-crc64ecma': 'abc' },
    400,
    'InvalidArgument',
    undefined,
    { ArgumentName: 'x-oss-hash-crc64ecma' },
  ],
  [
    'a forbid-overwrite that is no boolean',
    { 'x-oss-forbid-overwrite': 'abc' },
    400,
    'InvalidArgument',
    '0017-00000279',
    { ArgumentName: 'x-oss-forbid-overwrite', ArgumentValue: 'abc' },
  ],
  [
    'an ACL that is none',
    { 'x-oss-object-acl': 'public' },
    400,
    'InvalidArgument',
    '0017-00000104',
    { ArgumentName: 'x-oss-object-acl', ArgumentValue: 'public' },
  ],
  [
    'an empty ACL',
    { 'x-oss-object-acl': '' },
    400,
    'InvalidArgument',
    '0017-00000105',
    { ArgumentName: 'x-oss-object-acl' },
  ],
  [
    'a storage class that is none',
    { 'x-oss-storage-class': 'STANDARD' },
    400,
    'InvalidArgument',
    '0017-00000132',
    { ArgumentName: 'x-oss-storage-class' },
  ],
  [
    'an empty storage class',
    { 'x-oss-storage-class': '' },
    400,
    'InvalidArgument',
    '0017-00000131',
    { ArgumentName: 'x-oss-storage-class' },
  ],
  [
    'more than 8 KiB of metadata',
    { 'x-oss-meta-a': 'v'.repeat(8192) },
    400,
    'InvalidArgument',
    '0011-00000002',
    { Message: 'Meta is too large.' },
  ],
  [
    'a metadata name with an underscore',
    { 'x-oss-meta-a_b': 'v' },
    400,
    'InvalidArgument',
    '0011-00000005',
    { ArgumentName: 'x-oss-meta-a_b' },
  ],
  [
    'tags with two equals signs',
    { 'x-oss-tagging': 'aa=bb=cc' },
    400,
    'InvalidArgument',
    '0010-00000219',
    {
      Message:
        "The header 'x-oss-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    },
  ],
  ['a tag twice', { 'x-oss-tagging': 'a=1&a=2' }, 400, 'InvalidArgument', '0010-00000219', {}],
  [
    'a tag key with an illegal character',
    { 'x-oss-tagging': 'a*b=1' },
    400,
    'InvalidTag',
    '0010-00000217',
    { Message: 'The TagKey you have provided is invalid.' },
  ],
  [
    'a tag value with an illegal character',
    { 'x-oss-tagging': 'a=b%26' },
    400,
    'InvalidTag',
    '0010-00000217',
    { Message: 'The TagValue you have provided is invalid.' },
  ],
  [
    'a tag key that is too long',
    { 'x-oss-tagging': `${'k'.repeat(129)}=v` },
    400,
    'InvalidTaggingKey',
    '0010-00000209',
    { Message: 'The tagging key you provided is invalid.' },
  ],
  ['eleven tags', { 'x-oss-tagging': elevenTags }, 400, 'TooManyTags', '0010-00000218', {}],
  [
    'tags that are not URL-encoded',
    { 'x-oss-tagging': Buffer.from('城市=a').toString('latin1') },
    400,
    'InvalidArgument',
    '0010-00000219',
    { ArgumentName: 'x-oss-tagging', ArgumentValue: '城市=a' },
  ],
  [
    'a metadata name that a program might trip over',
    { 'x-oss-meta-__proto__': 'v' },
    400,
    'InvalidArgument',
    '0011-00000005',
    { ArgumentName: 'x-oss-meta-__proto__', ArgumentValue: 'v' },
  ],
  ...(
    [
      ['that is no pair', 'nothing', 'The header name in "nothing" is not a valid HTTP token.'],
      [
        'whose name is no token',
        'a b:MQ==',
        'The header name in "a b:MQ==" is not a valid HTTP token.',
      ],
      ['whose name is ours', 'x-oss-meta-a:MQ==', 'The header name x-oss-meta-a is reserved.'],
      ['twice', 'a:MQ==,A:MQ==', 'The header name A stands twice.'],
      ['that is no base64', 'a:*', 'The value of a is not base64-encoded.'],
      ['that is no UTF-8', 'a:/w==', 'The value of a is not encoded in UTF-8.'],
      ['with a line break', 'a:YQ0KYg==', 'The value of a contains a control character.'],
      [
        'that the request contradicts',
        'user-agent:MQ==',
        'The value of user-agent differs from the header of that name in the request.',
      ],
    ] as const
  ).map(
    ([what, value, message]): Row => [
      `a persistent header ${what}`,
      { 'x-oss-persistent-headers': value, 'User-Agent': 'test' },
      400,
      'InvalidArgument',
      undefined,
      { ArgumentName: 'x-oss-persistent-headers', Message: message },
    ],
  ),
  [
    'a reserved persistent header',
    { 'x-oss-persistent-headers': 'Content-Length:MQ==' },
    400,
    'InvalidArgument',
    undefined,
    { ArgumentName: 'x-oss-persistent-headers' },
  ],
  ...['If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since'].map(
    (name): Row => [
      `the condition ${name}`,
      { [name]: '*' },
      400,
      'NotImplemented',
      '0017-00000245',
      {
        Header: name,
        Message: 'A header you provided implies functionality that is not implemented.',
      },
    ],
  ),
  ...['aes256', 'DES', 'aws:kms', ''].map(
    (value): Row => [
      `the encryption method ${JSON.stringify(value)}`,
      { 'x-oss-server-side-encryption': value },
      400,
      'InvalidEncryptionAlgorithmError',
      '0005-00000003',
      {
        Message:
          'The Encryption request you specified is not valid. Supported value: AES256/SM4/KMS.',
      },
    ],
  ),
  ...['AES256', 'sm4', ''].map(
    (value): Row => [
      `the data encryption ${JSON.stringify(value)}`,
      { 'x-oss-server-side-encryption': 'KMS', 'x-oss-server-side-data-encryption': value },
      400,
      'InvalidDataEncryptionAlgorithmError',
      undefined,
      {
        Message: 'The KMS Data Encryption request you specified is not valid. Supported value:SM4',
      },
    ],
  ),
  [
    'an empty key',
    { 'x-oss-server-side-encryption': 'KMS', 'x-oss-server-side-encryption-key-id': '' },
    400,
    'InvalidArgument',
    '0005-00000205',
    { ArgumentName: 'x-oss-server-side-encryption-key-id' },
  ],
  [
    'a key without KMS',
    { 'x-oss-server-side-encryption': 'AES256', 'x-oss-server-side-encryption-key-id': 'k' },
    400,
    'InvalidArgument',
    undefined,
    {},
  ],
  [
    'a key without a method',
    { 'x-oss-server-side-encryption-key-id': 'k' },
    400,
    'InvalidArgument',
    undefined,
    {},
  ],
  ...[{ 'x-oss-server-side-encryption': 'KMS' }, { 'x-oss-server-side-encryption': 'SM4' }, {}].map(
    (headers): Row => [
      `an encryption context without a key, and ${JSON.stringify(headers)}`,
      { ...headers, 'x-oss-server-side-encryption-context': '{"a":"b"}' },
      400,
      'InvalidArgument',
      '0005-00000228',
      {},
    ],
  ),
  ...['test encryption context parameter', '', '{"a":1}', '[]', '{"acs:oss:object":"b/k"}'].map(
    (value): Row => [
      `the encryption context ${JSON.stringify(value)}`,
      {
        'x-oss-server-side-encryption': 'KMS',
        'x-oss-server-side-encryption-key-id': 'k',
        'x-oss-server-side-encryption-context': value,
      },
      400,
      'InvalidArgument',
      '0005-00000230',
      { ArgumentName: 'x-oss-server-side-encryption-context' },
    ],
  ),
  // What later issues own is refused, never accepted and ignored.
  ...[
    'x-oss-copy-source',
    'x-oss-ac-source-ip',
    'x-oss-callback',
    'x-oss-callback-var',
    'x-oss-traffic-limit',
    'x-oss-object-worm-mode',
    'x-oss-object-worm-retain-until-date',
    'x-oss-object-worm-legal-hold',
  ].map(
    (name): Row => [
      `the header ${name}`,
      { [name]: 'AES256' },
      400,
      'NotImplemented',
      '0017-00000245',
      { Header: name },
    ],
  ),
];

describe('PutObject refuses', () => {
  it.each(rows)('%s', async (_what, headers, status, code, ec, said) => {
    const answer = await sendSigned(oss, put({ headers }));
    const error = errorOf(answer);
    expect(answer.status).toBe(status);
    expect(error).toMatchObject({ Code: code, ...said });
    expect(error.EC).toBe(ec);
    expect(answer.headers['x-oss-ec']).toBe(ec);
    expect(answer.headers['content-type']).toBe('application/xml');
    expect(error.RequestId).toBe(answer.headers['x-oss-request-id']);
    expect(error.HostId).toBe('127.0.0.1');
    await expectNothingStored();
  });

  it.each([
    ['callback', 'e30='],
    ['callback-var', 'e30='],
    ['x-oss-traffic-limit', '819200'],
    ['x-oss-ac-source-ip', '10.0.0.1'],
  ])('the parameter %s', async (name, value) => {
    const answer = await sendSigned(oss, put({ query: [[name, value]] }));
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ Code: 'NotImplemented', Parameter: name });
    await expectNothingStored();
  });

  it.each([
    ['uploadId', 'partNumber'],
    ['symlink', null],
    ['lifecycle', null],
    ['policy', null],
  ])('the sub-resource %s', async (name, value) => {
    const answer = await sendSigned(oss, put({ query: [[name, value]] }));
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ Code: 'NotImplemented', Parameter: name });
    await expectNothingStored();
  });

  it.each([
    ['a'.repeat(1024), '0016-00000003', 'The Length of Object name must be less than 1024.'],
    ['/leading', '0016-00000005', 'The specified object is not valid.'],
    ['\\leading', '0016-00000005', 'The specified object is not valid.'],
  ])('the key %s', async (key, ec, message) => {
    const answer = await sendSigned(oss, put({ key }));
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ Code: 'InvalidObjectName', EC: ec, Message: message });
  });

  it('a key that is not UTF-8', async () => {
    const answer = await send(oss.endpoint, put({ target: '/examplebucket/%ff%fe' }));
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ Code: 'InvalidObjectName', EC: '0016-00000002' });
  });

  it.each(['AB', 'ab', 'a_b', '-ab'])('the bucket name %s', async (bucket) => {
    const answer = await sendSigned(oss, put({ bucket }));
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({
      Code: 'InvalidBucketName',
      EC: '0015-00000001',
      Message: 'The specified bucket is not valid.',
    });
  });

  it('a bucket that does not exist', async () => {
    const answer = await sendSigned(oss, put({ bucket: 'nosuchbucket' }));
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toMatchObject({
      Code: 'NoSuchBucket',
      EC: '0015-00000101',
      BucketName: 'nosuchbucket',
      Message: 'The specified bucket does not exist.',
      RecommendDoc: 'https://api.aliyun.com/troubleshoot?q=0015-00000101',
    });
  });

  it('an object that exists and must not be overwritten', async () => {
    const forbid = put({ key: 'kept', headers: { 'x-oss-forbid-overwrite': 'true' } });
    expect((await sendSigned(oss, forbid)).status).toBe(200);
    const answer = await sendSigned(oss, { ...forbid, body: 'another' });
    expect(answer.status).toBe(409);
    expect(errorOf(answer)).toMatchObject({
      Code: 'FileAlreadyExists',
      EC: '0026-00000002',
      Message: 'The object you specified already exists and can not be overwritten.',
    });
    const kept = await sendSigned(oss, { bucket: 'examplebucket', key: 'kept' });
    expect(kept.text).toBe('hi oss');
    const allowed = put({
      key: 'kept',
      headers: { 'x-oss-forbid-overwrite': 'false' },
      body: 'another',
    });
    expect((await sendSigned(oss, allowed)).status).toBe(200);
  });

  it('all but one of a hundred that must not overwrite each other', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        sendSigned(
          oss,
          put({ key: 'raced', body: `body ${at}`, headers: { 'x-oss-forbid-overwrite': 'true' } }),
        ),
      ),
    );
    const winners = answers.flatMap(({ status }, at) => (status === 200 ? [at] : []));
    expect(winners).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(answer.status).toBe(409);
      expect(errorOf(answer).Code).toBe('FileAlreadyExists');
    }
    const kept = await sendSigned(oss, { bucket: 'examplebucket', key: 'raced' });
    expect(kept.text).toBe(`body ${winners[0]}`);
  });
});
