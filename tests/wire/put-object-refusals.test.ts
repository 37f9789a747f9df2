/**
 * Every refusal of PutObject (oss-protocol facts: the PutObject page, the HTTP status pages, the EC
 * pages): status, code, EC, and what else the body says. And that nothing was stored.
 */
import { createHash } from 'node:crypto';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sendRaw, sendSigned, sign, type WireRequest } from '../support/http.js';

let oss: OpenOss;

beforeAll(async () => {
  oss = await startOpenOss({ buckets: ['examplebucket'] });
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
  // What later issues own is refused, never accepted and ignored.
  ...[
    'x-oss-server-side-encryption',
    'x-oss-server-side-data-encryption',
    'x-oss-server-side-encryption-key-id',
    'x-oss-server-side-encryption-context',
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

describe('PutObject refuses a body', () => {
  /** The head of a signed PUT as bytes, with headers of its own in place of Content-Length. */
  const head = (headers: Record<string, string>): string => {
    const signed = sign(oss, { method: 'PUT', bucket: 'examplebucket', key: 'refused' });
    const lines = Object.entries({ Host: '127.0.0.1', ...signed.headers, ...headers });
    return `PUT /examplebucket/refused HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  };

  it('without Content-Length that is not chunked either', async () => {
    const answer = await sendRaw(oss.endpoint, head({ Connection: 'close' }));
    expect(answer).toMatch(/^HTTP\/1\.1 411 /);
    expect(answer).toContain('<Code>MissingContentLength</Code>');
    expect(answer).toContain('<Message>You must provide the Content-Length HTTP header.</Message>');
    expect(answer).toContain('<EC>0017-00000101</EC>');
  });

  it.each(['abc', '-1', '1.5', '0x10'])('whose Content-Length is %s', async (length) => {
    const answer = await sendRaw(oss.endpoint, head({ 'Content-Length': length }));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('<Code>InvalidArgument</Code>');
    expect(answer).toContain('<EC>0017-00000103</EC>');
  });

  it('that is declared larger than 5 GB, before any of it is sent', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      head({ 'Content-Length': String(5 * 1024 ** 3 + 1) }),
      {
        halfClose: true,
      },
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('<Code>EntityTooLarge</Code>');
    expect(answer).toContain(
      '<Message>Your proposed upload exceeds the maximum allowed size.</Message>',
    );
  });

  it.each([10, 100_000])(
    'that ends before its %d bytes, and keeps nothing of it',
    async (length) => {
      const answer = await sendRaw(
        oss.endpoint,
        `${head({ 'Content-Length': String(length) })}short`,
        {
          halfClose: true,
        },
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('<Code>IncompleteBody</Code>');
      expect(answer).toContain('<EC>0017-00000505</EC>');
      await expectNothingStored();
    },
  );

  it('whose chunks are malformed, and keeps nothing of it', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      `${head({ 'Transfer-Encoding': 'chunked' })}2\r\nhi\r\nzz\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('<Code>InvalidRequest</Code>');
    await expectNothingStored();
  });

  it('that ends amid its chunks, and keeps nothing of it', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      `${head({ 'Transfer-Encoding': 'chunked' })}6\r\nhi oss\r\n`,
      {
        halfClose: true,
      },
    );
    expect(answer).toContain('<Code>IncompleteBody</Code>');
    await expectNothingStored();
  });

  it('that stands still too long', async () => {
    const patient = await startOpenOss({ buckets: ['examplebucket'], bodyIdleTimeout: 200 });
    try {
      const signed = sign(patient, { method: 'PUT', bucket: 'examplebucket', key: 'refused' });
      for (const length of ['10', '100000']) {
        const lines = Object.entries({
          Host: '127.0.0.1',
          ...signed.headers,
          'Content-Length': length,
        });
        const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
        const answer = await sendRaw(
          patient.endpoint,
          `PUT /examplebucket/refused HTTP/1.1\r\n${text}\r\nshort`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 400 /);
        expect(answer).toContain('<Code>RequestTimeout</Code>');
      }
    } finally {
      await patient.close();
    }
  });

  it('that is longer than it was declared: what was declared is stored, the rest dropped', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      `${head({ 'Content-Length': '6' })}hi oss and much more that is no request`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    const stored = await sendSigned(oss, { bucket: 'examplebucket', key: 'refused' });
    expect(stored.text).toBe('hi oss');
    await sendSigned(oss, { method: 'DELETE', bucket: 'examplebucket', key: 'refused' });
  });
});
