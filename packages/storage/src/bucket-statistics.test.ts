import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BUCKET, openStore, plainAttributes, putRequest } from './testing/open-store.js';

describe('bucketStatistics', () => {
  it('counts objects and bytes by class, through puts, overwrites, changes and deletes', async () => {
    const store = await openStore();
    const put = (key: string, size: number, storageClass: 'Standard' | 'IA') =>
      store.objects.putObject(
        putRequest(key, randomBytes(size), { attributes: { ...plainAttributes, storageClass } }),
      );
    const none = { objects: 0, bytes: 0 };
    const byClass = async () => (await store.objects.bucketStatistics(BUCKET)).byStorageClass;
    await put('a', 10, 'Standard');
    await put('b', 100_000, 'Standard');
    await put('c', 7, 'IA');
    await put('d', 0, 'IA');
    expect(await store.objects.bucketStatistics(BUCKET)).toEqual({
      objects: 4,
      bytes: 100_017,
      byStorageClass: {
        Standard: { objects: 2, bytes: 100_010 },
        IA: { objects: 2, bytes: 7 },
        Archive: none,
        ColdArchive: none,
        DeepColdArchive: none,
      },
    });
    await put('b', 5, 'IA');
    await store.objects.updateObject(BUCKET, 'c', (record) => ({
      ...record,
      storageClass: 'Archive',
    }));
    expect(await byClass()).toMatchObject({
      Standard: { objects: 1, bytes: 10 },
      IA: { objects: 2, bytes: 5 },
      Archive: { objects: 1, bytes: 7 },
    });
    for (const key of ['a', 'b', 'c', 'd']) await store.objects.deleteObject(BUCKET, key);
    expect(await store.objects.bucketStatistics(BUCKET)).toMatchObject(none);
  });
});
