/** Alibaba Cloud's own JavaScript SDK, unchanged but for the endpoint, with both signature versions. */
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchDirectory } from '../support/programs.js';
import { type AliOss, AliOssClient } from './ali-oss-client.js';

let oss: OpenOss;
let directory: string;

beforeAll(async () => {
  oss = await startOpenOss({ buckets: ['alibucket'] });
  directory = await scratchDirectory();
});
afterAll(() => oss.close());

const errorOf = async (promise: Promise<unknown>): Promise<Record<string, unknown>> => {
  try {
    await promise;
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error('the call was expected to be refused');
};

describe.each([
  ['V1', false],
  ['V4', true],
])('ali-oss with signature %s', (_version, authorizationV4) => {
  const client = (options: Readonly<Record<string, unknown>> = {}): AliOss =>
    new AliOssClient({
      accessKeyId: oss.credentials.accessKeyId,
      accessKeySecret: oss.credentials.accessKeySecret,
      bucket: 'alibucket',
      region: 'oss-cn-hangzhou',
      endpoint: oss.endpoint,
      authorizationV4,
      ...options,
    });

  /** By name and path style, for what the SDK cannot do with an IP address: list buckets, sign V1 URLs. */
  const clientByName = (options: Readonly<Record<string, unknown>> = {}): AliOss =>
    client({
      endpoint: oss.endpoint.replace('127.0.0.1', 'localhost'),
      sldEnable: true,
      ...options,
    });

  it('puts a buffer, a stream and a file, and gets them back', async () => {
    const store = client();
    const put = await store.put('dir/a b+c你.txt', Buffer.from('hi oss'));
    expect(put.res.status).toBe(200);
    expect(put.res.headers.etag).toBe('"B22E0DC370A7F7067FACF5F75D7FA385"');
    const got = await store.get('dir/a b+c你.txt');
    expect(got.content.toString()).toBe('hi oss');
    expect(got.res.headers['content-type']).toBe('text/plain');

    const body = Buffer.alloc(700_000, 'stream');
    await store.putStream('stream', Readable.from([body.subarray(0, 1000), body.subarray(1000)]));
    expect((await store.get('stream')).content.equals(body)).toBe(true);

    const file = path.join(directory, 'file.bin');
    await writeFile(file, body);
    await store.put('file', file);
    const { stream } = await store.getStream('file');
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
    await store.putStream('from-file', createReadStream(file));
    expect((await store.head('from-file')).res.status).toBe(200);
  });

  it('has objects and buckets encrypted', async () => {
    const store = client();
    const headers = {
      'x-oss-server-side-encryption': 'KMS',
      'x-oss-server-side-data-encryption': 'SM4',
    };
    const put = await store.put('sealed', Buffer.from('hi oss'), { headers });
    expect(put.res.headers).toMatchObject(headers);
    const keyId = put.res.headers['x-oss-server-side-encryption-key-id'];
    const got = await store.get('sealed');
    expect(got.content.toString()).toBe('hi oss');
    expect(got.res.headers['x-oss-server-side-encryption-key-id']).toBe(keyId);

    for (const rule of [
      { SSEAlgorithm: 'SM4' },
      { SSEAlgorithm: 'KMS', KMSMasterKeyID: String(keyId) },
    ]) {
      await store.putBucketEncryption('alibucket', rule);
      expect((await store.getBucketEncryption('alibucket')).encryption).toEqual(rule);
      const body = Buffer.alloc(300_000, rule.SSEAlgorithm);
      const ruled = await store.put('ruled', body);
      expect(ruled.res.headers['x-oss-server-side-encryption']).toBe(rule.SSEAlgorithm);
      expect((await store.get('ruled')).content.equals(body)).toBe(true);
    }
    await store.deleteBucketEncryption('alibucket');
    expect(await errorOf(store.getBucketEncryption('alibucket'))).toMatchObject({
      status: 404,
      code: 'NoSuchServerSideEncryptionRule',
    });
  });

  it('sends and reads metadata, tags, ACLs and headers', async () => {
    const store = client();
    await store.put('meta', Buffer.from('x'), {
      meta: { uid: 1, pid: 'two', name: 'plain' },
      mime: 'text/x',
      headers: {
        'Cache-Control': 'no-cache',
        'x-oss-tagging': 'a=1',
        'x-oss-object-acl': 'public-read',
      },
    });
    const head = await store.head('meta');
    expect(head.meta).toMatchObject({ uid: '1', pid: 'two', name: 'plain' });
    expect(head.res.headers).toMatchObject({
      'cache-control': 'no-cache',
      'content-type': 'text/x',
    });
    expect((await store.getObjectTagging('meta')).tag).toEqual({ a: '1' });
    await store.putObjectTagging('meta', { b: '2', c: '3' });
    expect((await store.getObjectTagging('meta')).tag).toEqual({ b: '2', c: '3' });
    await store.deleteObjectTagging('meta');
    expect((await store.getObjectTagging('meta')).tag).toEqual({});
    expect((await store.getACL('meta')).acl).toBe('public-read');
    await store.putACL('meta', 'private');
    expect((await store.getACL('meta')).acl).toBe('private');
    expect((await store.getObjectMeta('meta')).res.headers).toMatchObject({
      'content-length': '1',
    });
  });

  it('lists, in pages and by directory', async () => {
    const prefix = `list-${authorizationV4}/`;
    const store = client();
    for (const name of ['a', 'b/1', 'b/2', 'c', '你'])
      await store.put(prefix + name, Buffer.from(name));
    const all = await store.listV2({ prefix, 'max-keys': '1000' });
    expect(all.objects.map(({ name }) => name)).toEqual(
      ['a', 'b/1', 'b/2', 'c', '你'].map((name) => prefix + name),
    );
    const grouped = await store.list({ prefix, delimiter: '/', 'max-keys': 100 }, {});
    expect(grouped.prefixes).toEqual([`${prefix}b/`]);
    expect(grouped.objects.map(({ name }) => name)).toEqual(
      ['a', 'c', '你'].map((name) => prefix + name),
    );
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await store.listV2({
        prefix,
        'max-keys': '2',
        ...(token === undefined ? {} : { 'continuation-token': token }),
      });
      names.push(...page.objects.map(({ name }) => name));
      token = page.nextContinuationToken;
    } while (token);
    expect(names).toHaveLength(5);
  });

  it('deletes one and many', async () => {
    const store = client();
    for (const name of ['d1', 'd2', 'd3 &<>你']) await store.put(name, Buffer.from(name));
    expect((await store.delete('d1')).res.status).toBe(204);
    const many = await store.deleteMulti(['d2', 'd3 &<>你', 'never'], { quiet: false });
    expect(many.deleted).toHaveLength(3);
    const missing = await errorOf(store.head('d2'));
    expect(missing).toMatchObject({ status: 404, code: 'NoSuchKey' });
    expect((await store.deleteMulti(['never'], { quiet: true })).res.status).toBe(200);
  });

  it('signs URLs that anybody can use, to get and to put', async () => {
    const store = clientByName();
    const signed = (method: 'GET' | 'PUT', name: string, headers: Record<string, string> = {}) =>
      authorizationV4
        ? store.signatureUrlV4(method, 60, { headers }, name)
        : store.signatureUrl(name, { method, expires: 60, ...headers });
    await store.put('signed', Buffer.from('signed'));
    const url = await signed('GET', 'signed');
    const got = await fetch(url);
    expect(got.status).toBe(200);
    expect(await got.text()).toBe('signed');
    expect((await fetch(url.replace('/signed?', '/meta?'))).status).toBe(403);

    const type = { 'Content-Type': 'text/y' };
    const put = await signed('PUT', 'signed-put', type);
    expect((await fetch(put, { method: 'PUT', body: 'by url', headers: type })).status).toBe(200);
    expect((await store.get('signed-put')).content.toString()).toBe('by url');
    expect(
      (await fetch(put, { method: 'PUT', body: 'x', headers: { 'Content-Type': 'text/z' } }))
        .status,
    ).toBe(403);
  });

  it('makes, describes, lists and deletes buckets', async () => {
    const store = client({ bucket: undefined });
    const name = `made-${authorizationV4 ? 'v4' : 'v1'}`;
    await store.putBucket(name, { storageClass: 'IA', acl: 'public-read' });
    const { bucket } = await store.getBucketInfo(name);
    expect(bucket).toMatchObject({ Name: name, StorageClass: 'IA', Location: 'oss-cn-hangzhou' });
    expect((await store.getBucketACL(name)).acl).toBe('public-read');
    await store.putBucketACL(name, 'private');
    expect((await store.getBucketACL(name)).acl).toBe('private');
    expect((await store.getBucketLocation(name)).location).toBe('oss-cn-hangzhou');
    const { buckets } = await store.listBuckets({ prefix: 'made-' });
    expect(buckets.map((listed) => listed.name)).toContain(name);
    store.useBucket(name);
    await store.put('x', Buffer.from('xyz'));
    const refused = await errorOf(store.deleteBucket(name));
    expect(refused).toMatchObject({ status: 409, code: 'BucketNotEmpty' });
    const { stat } = await store.getBucketStat(name);
    expect(stat).toMatchObject({
      ObjectCount: '1',
      Storage: '3',
      InfrequentAccessObjectCount: '1',
    });
    await store.delete('x');
    await store.deleteBucket(name);
    expect(await errorOf(store.getBucketInfo(name))).toMatchObject({ code: 'NoSuchBucket' });
  });

  it('restores an archived object', async () => {
    const store = client();
    await store.put('archived', Buffer.from('x'), {
      headers: { 'x-oss-storage-class': 'Archive' },
    });
    expect(await errorOf(store.get('archived'))).toMatchObject({
      status: 403,
      code: 'InvalidObjectState',
    });
    expect((await store.restore('archived')).res.status).toBe(202);
  });

  it('sees the exact refusal', async () => {
    const store = client();
    await store.put('kept', Buffer.from('kept'));
    const refused = await errorOf(
      store.put('kept', Buffer.from('new'), { headers: { 'x-oss-forbid-overwrite': 'true' } }),
    );
    expect(refused).toMatchObject({
      status: 409,
      code: 'FileAlreadyExists',
      requestId: expect.stringMatching(/^[0-9A-F]{24}$/),
      ecCode: '0026-00000002',
    });
    const stranger = client({ accessKeySecret: 'wrong' });
    expect(await errorOf(stranger.get('kept'))).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    const nobody = client({ accessKeyId: 'nobody' });
    expect(await errorOf(nobody.get('kept'))).toMatchObject({
      status: 403,
      code: 'InvalidAccessKeyId',
    });
    expect(await errorOf(store.get('never'))).toMatchObject({ status: 404, code: 'NoSuchKey' });
  });
});
