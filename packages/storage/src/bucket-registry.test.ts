import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  BUCKET,
  bucketSpecification,
  openStore,
  putRequest,
  readBody,
} from './testing/open-store.js';

describe('buckets', () => {
  it('are made once, returned to their owner and refused to others', async () => {
    const store = await openStore();
    const again = await store.objects.createBucket({ ...bucketSpecification, acl: 'public-read' });
    expect(again.created).toBe(false);
    expect(again.record.acl).toBe('private');
    await expect(
      store.objects.createBucket({ ...bucketSpecification, owner: '2000' }),
    ).rejects.toMatchObject({ kind: 'BucketAlreadyExists' });
  });

  it('are won by one of many who make them at once', async () => {
    const store = await openStore();
    const making = Array.from({ length: 20 }, (_, i) =>
      store.objects.createBucket({ ...bucketSpecification, name: 'contested', owner: String(i) }),
    );
    const made = (await Promise.allSettled(making)).filter(({ status }) => status === 'fulfilled');
    expect(made).toHaveLength(1);
  });

  it('can be changed, but not in what makes them what they are', async () => {
    const store = await openStore();
    const before = await store.objects.getBucket(BUCKET);
    const changed = await store.objects.updateBucket(BUCKET, (record) => ({
      ...record,
      acl: 'public-read',
      name: 'other',
      owner: '2',
      incarnation: 'x',
    }));
    expect(changed).toEqual({ ...before, acl: 'public-read' });
    expect(await store.objects.getBucket(BUCKET)).toEqual(changed);
    await store.close();
    const later = await openStore({ directory: store.directory });
    expect(await later.objects.getBucket(BUCKET)).toEqual(changed);
  });

  it('are listed for their owner by name, prefix and marker', async () => {
    const store = await openStore();
    for (const name of ['b2', 'a1', 'a2', 'a10']) {
      await store.objects.createBucket({ ...bucketSpecification, name, owner: '7' });
    }
    await store.objects.createBucket({ ...bucketSpecification, name: 'a3', owner: '77' });
    const list = async (request: object): Promise<[string[], boolean]> => {
      const listed = await store.objects.listBuckets({ owner: '7', limit: 10, ...request });
      return [listed.buckets.map(({ name }) => name), listed.truncated];
    };
    expect(await list({})).toEqual([['a1', 'a10', 'a2', 'b2'], false]);
    expect(await list({ prefix: 'a' })).toEqual([['a1', 'a10', 'a2'], false]);
    expect(await list({ prefix: 'a', marker: 'a1' })).toEqual([['a10', 'a2'], false]);
    expect(await list({ marker: 'a15', limit: 1 })).toEqual([['a2'], true]);
    expect(await list({ limit: 4 })).toEqual([['a1', 'a10', 'a2', 'b2'], false]);
    expect(await list({ owner: '' })).toEqual([[], false]);
  });

  it('go only when they are empty, and are then gone for everything', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', 'x'));
    await expect(store.objects.deleteBucket(BUCKET)).rejects.toMatchObject({
      kind: 'BucketNotEmpty',
    });
    await store.objects.deleteObject(BUCKET, 'key');
    await store.objects.deleteBucket(BUCKET);
    expect(await store.objects.getBucket(BUCKET)).toBeUndefined();
    await expect(store.objects.deleteBucket(BUCKET)).rejects.toMatchObject({
      kind: 'NoSuchBucket',
    });
    await expect(store.objects.putObject(putRequest('key', 'x'))).rejects.toMatchObject({
      kind: 'NoSuchBucket',
    });
    expect((await store.objects.listBuckets({ owner: '1000', limit: 9 })).buckets).toEqual([]);
  });

  it('come back empty under the same name', async () => {
    const store = await openStore();
    const first = await store.objects.getBucket(BUCKET);
    await store.objects.putObject(putRequest('key', randomBytes(100_000)));
    await store.objects.deleteObject(BUCKET, 'key');
    await store.objects.deleteBucket(BUCKET);
    const { record, created } = await store.objects.createBucket(bucketSpecification);
    expect(created).toBe(true);
    expect(record.incarnation).not.toBe(first?.incarnation);
    expect((await store.objects.listObjects(BUCKET, { limit: 9 })).objects).toEqual([]);
    expect(await store.objects.bucketStatistics(BUCKET)).toMatchObject({ objects: 0, bytes: 0 });
  });

  it('are either deleted or keep the object that is put at the same moment', async () => {
    const store = await openStore();
    for (let round = 0; round < 40; round++) {
      const name = `race-${round}`;
      await store.objects.createBucket({ ...bucketSpecification, name });
      const size = round % 4 === 0 ? 100_000 : 10;
      const [put, deletion] = await Promise.allSettled([
        store.objects.putObject(putRequest('key', randomBytes(size), { bucket: name })),
        (async () => {
          for (let i = 0; i < round % 7; i++) await new Promise((resolve) => setImmediate(resolve));
          await store.objects.deleteBucket(name);
        })(),
      ]);
      if (put.status === 'fulfilled') {
        expect(deletion).toMatchObject({ status: 'rejected', reason: { kind: 'BucketNotEmpty' } });
        expect((await readBody(store, 'key', name))?.length).toBe(size);
      } else {
        expect(put.reason).toMatchObject({ kind: 'NoSuchBucket' });
        expect(deletion.status).toBe('fulfilled');
        expect(await store.objects.getBucket(name)).toBeUndefined();
      }
    }
  });
});
