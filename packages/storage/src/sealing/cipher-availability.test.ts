import { expect, it, vi } from 'vitest';
import { BUCKET, blobFiles, openStore, putRequest, readBody } from '../testing/open-store.js';
import { testSealing } from '../testing/test-sealing.js';
import { CipherUnavailable, isCipherAvailable } from './data-key.js';

// An OpenSSL that was built without SM3, as some distributions' are.
vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:crypto')>();
  return {
    ...original,
    getHashes: () => original.getHashes().filter((name) => !/sm3/i.test(name)),
  };
});

it('where OpenSSL has not what SM4 takes, that is said, and everything else goes on', async () => {
  expect(isCipherAvailable('SM4')).toBe(false);
  expect(isCipherAvailable('AES256')).toBe(true);
  const store = await openStore();
  const body = Buffer.alloc(200_000, 'body');
  const putting = store.objects.putObject(putRequest('key', body, { sealing: testSealing('SM4') }));
  await expect(putting).rejects.toThrow(CipherUnavailable);
  await expect(putting).rejects.toThrow(/SM4 takes sm4-ctr and sm3, which OpenSSL [0-9.]+/);
  expect(await store.objects.getObject(BUCKET, 'key')).toBeUndefined();
  expect(blobFiles(store.directory)).toEqual([]);
  await store.objects.putObject(putRequest('key', body, { sealing: testSealing('AES256') }));
  expect((await readBody(store, 'key'))?.equals(body)).toBe(true);
});
