import { randomBytes } from 'node:crypto';
import { OssError } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { StoreClosed } from './engine/metadata-engine.js';
import type { ObjectRecord } from './object-record.js';
import { BUCKET, blobFiles, openStore, putRequest, readBody } from './testing/open-store.js';

describe('deleteObject', () => {
  it.each([0, 6, 200_000])('takes an object of %i bytes away, and its file', async (size) => {
    const store = await openStore();
    const { record } = await store.objects.putObject(putRequest('key', randomBytes(size)));
    expect(await store.objects.deleteObject(BUCKET, 'key')).toEqual(record);
    expect(await store.objects.getObject(BUCKET, 'key')).toBeUndefined();
    expect(await store.objects.deleteObject(BUCKET, 'key')).toBeUndefined();
    await store.swept();
    expect(blobFiles(store.directory)).toEqual([]);
  });

  it('can be refused by what stands there', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', 'x'));
    const deleting = store.objects.deleteObject(BUCKET, 'key', (existing) => {
      if (existing !== undefined) throw new OssError('PreconditionFailed');
    });
    await expect(deleting).rejects.toMatchObject({ kind: 'PreconditionFailed' });
    expect((await readBody(store, 'key'))?.toString()).toBe('x');
  });
});

describe('updateObject', () => {
  it('changes what is said of an object and nothing that its bytes say', async () => {
    let now = 1000;
    const store = await openStore({ clock: () => now });
    const { record } = await store.objects.putObject(putRequest('key', 'hi oss'));
    now = 2000;
    const restoration = { requestedAt: 1, readyAt: 2, expiresAt: 3 };
    const changed = await store.objects.updateObject(BUCKET, 'key', (existing) => ({
      ...existing,
      acl: 'public-read',
      tags: [['a', 'b']],
      restoration,
      // None of these can be changed.
      key: 'other',
      size: 1,
      etag: 'X',
      crc64: 0n,
      lastModified: 5,
      body: { kind: 'empty' },
    }));
    const revision = changed.revision;
    expect(revision).not.toBe(record.revision);
    expect(changed).toEqual({
      ...record,
      acl: 'public-read',
      tags: [['a', 'b']],
      restoration,
      revision,
    });
    expect(await store.objects.getObject(BUCKET, 'key')).toEqual(changed);
    expect((await readBody(store, 'key'))?.toString()).toBe('hi oss');
  });

  it('loses none of many changes at once', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', 'x'));
    const add = (i: number) => (existing: ObjectRecord) => ({
      ...existing,
      tags: [...existing.tags, [String(i), ''] as const],
    });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.objects.updateObject(BUCKET, 'key', add(i))),
    );
    expect((await store.objects.getObject(BUCKET, 'key'))?.tags).toHaveLength(20);
  });

  it('of an object that is not there is NoSuchKey', async () => {
    const store = await openStore();
    const updating = store.objects.updateObject(BUCKET, 'key', (record) => record);
    await expect(updating).rejects.toMatchObject({ kind: 'NoSuchKey' });
  });
});

it('acts on the bucket that is meant, not on another that has come under its name', async () => {
  const { objects } = await openStore();
  const meant = await objects.getBucket(BUCKET);
  if (meant === undefined) throw new Error('there is one');
  await objects.putObject(putRequest('key', 'first'));
  expect(await objects.getObject(meant, 'key')).toBeDefined();
  await objects.deleteObject(meant, 'key');
  await objects.deleteBucket(meant);
  await objects.createBucket(meant);
  await objects.putObject(putRequest('key', 'second'));
  for (const act of [
    () => objects.getObject(meant, 'key'),
    () => objects.openObject(meant, 'key'),
    () => objects.deleteObject(meant, 'key'),
    () => objects.updateObject(meant, 'key', (record) => record),
    () => objects.listObjects(meant, { prefix: '', limit: 1 }),
    () => objects.bucketStatistics(meant),
    () => objects.deleteBucket(meant),
  ]) {
    await expect(act()).rejects.toMatchObject({
      kind: 'NoSuchBucket',
      details: { BucketName: BUCKET },
    });
  }
  expect(await objects.getObject(BUCKET, 'key')).toBeDefined();
  await objects.deleteObject(BUCKET, 'key');
  await expect(objects.deleteBucket(meant)).rejects.toMatchObject({ kind: 'NoSuchBucket' });
  expect(await objects.getBucket(BUCKET)).toBeDefined();
});

describe('close', () => {
  it('waits for what is under way, refuses what comes, and may be called again', async () => {
    const store = await openStore();
    const puts = Array.from({ length: 20 }, (_, i) =>
      store.objects.putObject(putRequest(`key-${i}`, randomBytes(i % 2 === 0 ? 10 : 100_000))),
    );
    await Promise.all([store.close(), store.close()]);
    await store.close();
    expect(await Promise.all(puts)).toHaveLength(20);
    await expect(store.objects.putObject(putRequest('late', 'x'))).rejects.toThrow(StoreClosed);
    await expect(store.objects.getObject(BUCKET, 'key-0')).rejects.toThrow(StoreClosed);
    const later = await openStore({ directory: store.directory });
    expect((await later.objects.listObjects(BUCKET, { limit: 100 })).objects).toHaveLength(20);
  });
});
