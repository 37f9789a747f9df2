/**
 * Server-side encryption as clients see it (oss-protocol.md, 5.1 and 5.2): every method, small and large, of
 * the object and of its bucket; that the plain body is answered whatever is asked of it, and is nowhere on
 * the disk. What takes keys of KMS is in `encryption-keys.test.ts`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc64 } from '@openoss/protocol';
import type { OpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, sendSigned, type WireAnswer, type WireRequest } from '../support/http.js';
import { scratchDirectory } from '../support/programs.js';
import { startOss } from '../support/start-oss.js';

const bucket = 'examplebucket';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const METHOD = 'x-oss-server-side-encryption';
const DATA = 'x-oss-server-side-data-encryption';
const KEY = 'x-oss-server-side-encryption-key-id';
const PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>';

const scratch = await scratchDirectory();
let oss: OpenOss;
beforeAll(async () => {
  oss = await startOss({ buckets: [bucket], dataDirectory: scratch });
});
afterAll(() => oss.close());

const ask = (request: Partial<WireRequest>): Promise<WireAnswer> =>
  sendSigned(oss, { bucket, ...request });

/** What an answer tells of encryption. */
const toldBy = ({ headers }: WireAnswer) => [headers[METHOD], headers[DATA], headers[KEY]];

/** Bytes that nobody else writes, as often as it takes: what is found of them on the disk was stored in the clear. */
const marked = (size: number): Buffer => {
  const mark = randomBytes(16);
  return Buffer.alloc(size, Buffer.concat([mark, mark]));
};

/** Whether bytes stand in a file of a directory, however deep. */
async function isOnDisk(directory: string, bytes: Buffer): Promise<boolean> {
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const content = await readFile(path.join(entry.parentPath, entry.name));
    if (content.includes(bytes)) return true;
  }
  return false;
}

const rows: [
  what: string,
  headers: Record<string, string>,
  told: [string | undefined, string | undefined, RegExp | undefined],
][] = [
  ['AES256', { [METHOD]: 'AES256' }, ['AES256', undefined, undefined]],
  ['SM4', { [METHOD]: 'SM4' }, ['SM4', undefined, undefined]],
  ['KMS', { [METHOD]: 'KMS' }, ['KMS', undefined, UUID]],
  ['KMS with SM4', { [METHOD]: 'KMS', [DATA]: 'SM4' }, ['KMS', 'SM4', UUID]],
  ['AES256 with SM4', { [METHOD]: 'AES256', [DATA]: 'SM4' }, ['AES256', undefined, undefined]],
  ['SM4 with SM4', { [METHOD]: 'SM4', [DATA]: 'SM4' }, ['SM4', undefined, undefined]],
];

describe.each(rows)('an object encrypted with %s', (what, headers, [method, data, keyId]) => {
  it.each([0, 1, 16, 5000, 65_536, 65_537, 300_001])(
    'of %d bytes is answered as it was put',
    async (size) => {
      const body = marked(size);
      const key = `${what}/${size}`;
      const put = await ask({ method: 'PUT', key, body, headers });
      expect(put.text).toBe('');
      expect(put.status).toBe(200);
      const told = toldBy(put);
      expect(told[0]).toBe(method);
      expect(told[1]).toBe(data);
      if (keyId === undefined) expect(told[2]).toBeUndefined();
      else expect(told[2]).toMatch(keyId);

      const md5 = createHash('md5').update(body).digest();
      const plain = {
        etag: `"${md5.toString('hex').toUpperCase()}"`,
        'content-md5': md5.toString('base64'),
        'x-oss-hash-crc64ecma': String(crc64(body)),
      };
      expect(put.headers).toMatchObject(plain);
      const got = await ask({ key });
      expect(got.body.equals(body)).toBe(true);
      expect(got.headers).toMatchObject({ ...plain, 'content-length': String(size) });
      expect(toldBy(got)).toEqual(told);
      const head = await ask({ method: 'HEAD', key });
      expect(head.headers).toMatchObject({ ...plain, 'content-length': String(size) });
      expect(toldBy(head)).toEqual(told);

      for (const [from, to] of [
        [0, 0],
        [size >> 1, size - 1],
        [Math.max(0, size - 70_000), size - 2],
      ] as const) {
        if (from > to || to >= size) continue;
        const range = await ask({ key, headers: { Range: `bytes=${from}-${to}` } });
        expect(range.status).toBe(206);
        expect(range.headers['content-range']).toBe(`bytes ${from}-${to}/${size}`);
        expect(range.body.equals(body.subarray(from, to + 1))).toBe(true);
        expect(toldBy(range)).toEqual(told);
      }
      if (size >= 16) expect(await isOnDisk(scratch, body.subarray(0, 16))).toBe(false);
    },
  );

  it('has its digests held against the plain body', async () => {
    const key = `${what}/digests`;
    const body = 'hi oss';
    const md5 = createHash('md5').update(body).digest('base64');
    const right = {
      ...headers,
      'Content-MD5': md5,
      'x-oss-hash-crc64ecma': String(crc64(Buffer.from(body))),
    };
    expect((await ask({ method: 'PUT', key, body, headers: right })).status).toBe(200);
    const wrong = { ...headers, 'x-oss-hash-crc64ecma': '1' };
    const refused = await ask({ method: 'PUT', key, body: 'other', headers: wrong });
    expect(errorOf(refused)).toMatchObject({ Code: 'InvalidCRC64' });
    expect((await ask({ key })).text).toBe(body);
  });
});

it('the test that nothing is on the disk finds what is put in the clear', async () => {
  for (const size of [5000, 300_001]) {
    const body = marked(size);
    const put = await ask({
      method: 'PUT',
      key: `plain/${size}`,
      body,
      headers: { [DATA]: 'SM4' },
    });
    // As OSS has it: a data encryption without KMS says nothing.
    expect(toldBy(put)).toEqual([undefined, undefined, undefined]);
    expect(await isOnDisk(scratch, body.subarray(0, 16))).toBe(true);
  }
});

it('an encrypted object can be overwritten in the clear, and the other way round', async () => {
  const key = 'changing';
  const big = marked(100_000);
  for (const [headers, body] of [
    [{ [METHOD]: 'AES256' }, big],
    [{}, Buffer.from('plain')],
    [{ [METHOD]: 'SM4' }, Buffer.from('sealed')],
    [{}, big],
  ] as const) {
    await ask({ method: 'PUT', key, body, headers });
    const got = await ask({ key });
    expect(got.body.equals(body)).toBe(true);
    expect(got.headers[METHOD]).toBe(headers[METHOD]);
  }
});

it('everybody may read what is encrypted with the service’s own key and open to the public, and nobody what KMS has the key of', async () => {
  const opened = { 'x-oss-object-acl': 'public-read' };
  for (const method of ['AES256', 'SM4', 'KMS']) {
    const headers = { ...opened, [METHOD]: method };
    await ask({ method: 'PUT', key: `public/${method}`, body: 'hi oss', headers });
    const got = await send(oss.endpoint, { bucket, key: `public/${method}` });
    if (method !== 'KMS') {
      expect(got).toMatchObject({ status: 200, text: 'hi oss' });
      continue;
    }
    expect(got.status).toBe(403);
    expect(errorOf(got)).toMatchObject({
      Code: 'AccessDenied',
      Message: 'This request is forbidden by kms.',
    });
    // What is told of it needs no key.
    const head = await send(oss.endpoint, { method: 'HEAD', bucket, key: 'public/KMS' });
    expect(head.status).toBe(200);
  }
});

it('everybody may put into a bucket that is open to the public, unless KMS has the key', async () => {
  const open = 'openbucket';
  await oss.createBucket(open);
  const acl = { 'x-oss-acl': 'public-read-write' };
  await sendSigned(oss, { method: 'PUT', bucket: open, query: [['acl', null]], headers: acl });
  const put = (headers: Record<string, string>) =>
    send(oss.endpoint, { method: 'PUT', bucket: open, key: 'k', body: 'x', headers });
  expect((await put({ [METHOD]: 'SM4' })).headers[METHOD]).toBe('SM4');
  const refused = await put({ [METHOD]: 'KMS' });
  expect(refused.status).toBe(403);
  expect(errorOf(refused).Message).toBe('This request is forbidden by kms.');
  expect((await sendSigned(oss, { bucket: open, key: 'k' })).headers[METHOD]).toBe('SM4');
});

it.each([
  ['GET', {}],
  ['HEAD', {}],
  ['DELETE', {}],
  ['PUT', { query: [['acl', null]], headers: { 'x-oss-object-acl': 'private' } }],
  ['PUT', { query: [['tagging', null]], body: '<Tagging><TagSet></TagSet></Tagging>' }],
] as const)('%s refuses to be told a method, %j', async (method, request) => {
  await ask({ method: 'PUT', key: 'refused', body: 'x' });
  const headers = { ...('headers' in request ? request.headers : {}), [METHOD]: 'AES256' };
  const answer = await ask({
    ...request,
    query: 'query' in request ? request.query.map(([name, value]) => [name, value]) : [],
    method,
    key: 'refused',
    headers,
  });
  expect(answer.status).toBe(400);
  expect(answer.headers['x-oss-ec']).toBe('0005-00000002');
  if (method !== 'HEAD') expect(errorOf(answer)).toMatchObject({ Code: 'InvalidArgument' });
  expect((await ask({ key: 'refused' })).status).toBe(200);
});

describe.sequential('the rule of a bucket', () => {
  const ruled = 'ruledbucket';
  const of = { bucket: ruled, query: [['encryption', null]] } satisfies WireRequest;
  const rule = (inner: string) =>
    `<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault>${inner}</ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`;
  const setRule = (inner: string) =>
    sendSigned(oss, { ...of, method: 'PUT', body: PROLOGUE + rule(inner) });
  const getRule = () => sendSigned(oss, { ...of, method: 'GET' });
  const info = async () =>
    /<ServerSideEncryptionRule>.*<\/ServerSideEncryptionRule>/.exec(
      (await sendSigned(oss, { bucket: ruled, query: [['bucketInfo', null]] })).text,
    )?.[0];
  const put = (key: string, headers: Record<string, string> = {}) =>
    sendSigned(oss, { method: 'PUT', bucket: ruled, key, body: 'hi oss', headers });
  beforeAll(() => oss.createBucket(ruled));

  it('is not there at first', async () => {
    const answer = await getRule();
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toMatchObject({
      Code: 'NoSuchServerSideEncryptionRule',
      Message: 'The server side encryption configuration was not found.',
      EC: '0005-00000004',
      BucketName: ruled,
    });
    expect(await info()).toContain('<SSEAlgorithm>None</SSEAlgorithm>');
    expect((await put('before')).headers[METHOD]).toBeUndefined();
  });

  it.each([
    ['<SSEAlgorithm>AES256</SSEAlgorithm>', '<SSEAlgorithm>AES256</SSEAlgorithm>', ['AES256']],
    [
      '<SSEAlgorithm>SM4</SSEAlgorithm><KMSMasterKeyID></KMSMasterKeyID>',
      '<SSEAlgorithm>SM4</SSEAlgorithm>',
      ['SM4'],
    ],
    [
      '<SSEAlgorithm>AES256</SSEAlgorithm><KMSDataEncryption>SM4</KMSDataEncryption>',
      '<SSEAlgorithm>AES256</SSEAlgorithm>',
      ['AES256'],
    ],
    [
      '<KMSDataEncryption>SM4</KMSDataEncryption><SSEAlgorithm>KMS</SSEAlgorithm>',
      '<SSEAlgorithm>KMS</SSEAlgorithm><KMSDataEncryption>SM4</KMSDataEncryption>',
      ['KMS', 'SM4'],
    ],
  ])('%s is kept, told, and holds for what is put from then on', async (given, kept, told) => {
    const set = await setRule(given);
    expect(set).toMatchObject({ status: 200, text: '' });
    expect((await getRule()).text).toBe(`${PROLOGUE}\n${rule(kept)}`);
    expect(await info()).toBe(`<ServerSideEncryptionRule>${kept}</ServerSideEncryptionRule>`);
    expect(toldBy(await put('ruled')).slice(0, told.length)).toEqual(told);
    expect((await sendSigned(oss, { bucket: ruled, key: 'ruled' })).text).toBe('hi oss');
    // A request's own method overrides it as a whole, and what was there before stays as it was.
    expect(toldBy(await put('own', { [METHOD]: 'SM4' }))).toEqual(['SM4', undefined, undefined]);
    expect(toldBy(await put('own', { [METHOD]: 'KMS' }))[1]).toBeUndefined();
    const before = await sendSigned(oss, { bucket: ruled, key: 'before' });
    expect(before.headers[METHOD]).toBeUndefined();
  });

  it('names a key that need not be there, until something is put', async () => {
    await setRule('<SSEAlgorithm>KMS</SSEAlgorithm><KMSMasterKeyID>123</KMSMasterKeyID>');
    expect((await getRule()).text).toContain('<KMSMasterKeyID>123</KMSMasterKeyID>');
    expect(await info()).toContain('<KMSMasterKeyID>123</KMSMasterKeyID>');
    const refused = await put('none');
    expect(refused.status).toBe(404);
    expect(errorOf(refused)).toMatchObject({ Code: 'KeyNotFound', EC: '0005-00000208' });
    expect((await sendSigned(oss, { bucket: ruled, key: 'none' })).status).toBe(404);
    expect((await put('own', { [METHOD]: 'AES256' })).status).toBe(200);
  });

  it.each([
    ['<SSEAlgorithm>DES</SSEAlgorithm>', 'InvalidEncryptionAlgorithmError', '0005-00000003'],
    ['<SSEAlgorithm></SSEAlgorithm>', 'InvalidEncryptionAlgorithmError', '0005-00000003'],
    [
      '<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>',
      'InvalidArgument',
      '0005-00000204',
    ],
    [
      '<SSEAlgorithm>KMS</SSEAlgorithm><KMSDataEncryption>abc</KMSDataEncryption>',
      'InvalidDataEncryptionAlgorithmError',
      '0005-00000203',
    ],
    ['<KMSMasterKeyID>k</KMSMasterKeyID>', 'MalformedXML', undefined],
  ])('%s is refused, and the one before stays', async (inner, code, ec) => {
    await setRule('<SSEAlgorithm>SM4</SSEAlgorithm>');
    const refused = await setRule(inner);
    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toMatchObject({ Code: code });
    expect(errorOf(refused).EC).toBe(ec);
    expect((await getRule()).text).toContain('<SSEAlgorithm>SM4</SSEAlgorithm>');
  });

  it('is deleted, twice if need be, and holds no more for what is put then', async () => {
    for (let time = 0; time < 2; time++) {
      const deleted = await sendSigned(oss, { ...of, method: 'DELETE' });
      expect(deleted).toMatchObject({ status: 204, text: '' });
    }
    expect((await getRule()).status).toBe(404);
    expect((await put('after')).headers[METHOD]).toBeUndefined();
    expect((await sendSigned(oss, { bucket: ruled, key: 'ruled' })).headers[METHOD]).toBe('KMS');
  });
});
