/** docs/encryption.md is what storage writes: a reader made from the page decrypts it all with the keys in hand. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { openEmbeddedStore } from '@openoss/storage';
import { expect, it } from 'vitest';
import { scratchDirectory } from '../support/programs.js';
import { readDataDirectory } from './independent-reader.js';

const scratch = await scratchDirectory();

it('a reader made from the page alone decrypts every encrypted object', async () => {
  const directory = path.join(scratch, 'data');
  const { objects, close } = await openEmbeddedStore({ directory });
  const bucket = 'examplebucket';
  await objects.createBucket({
    name: bucket,
    owner: '1000',
    storageClass: 'Standard',
    redundancy: 'LRS',
    acl: 'private',
  });
  const keys = new Map<string, Buffer>();
  const bodies = new Map<string, Buffer>();
  const put = async (key: string, cipher: 'AES256' | 'SM4' | undefined, size: number) => {
    const body = randomBytes(size);
    const dataKey = randomBytes(cipher === 'SM4' ? 16 : 32);
    const envelope = Buffer.from(`envelope ${keys.size}`);
    keys.set(envelope.toString(), dataKey);
    bodies.set(key, body);
    await objects.putObject({
      bucket,
      key,
      body,
      maxBytes: size,
      sealing: cipher === undefined ? undefined : { cipher, dataKey, envelope },
      attributes: {
        storageClass: 'Standard',
        acl: 'default',
        owner: '1000',
        headers: [['Content-Type', 'text/plain']],
        metadata: [],
        tags: [['a', '1']],
      },
    });
  };
  for (const cipher of ['AES256', 'SM4'] as const) {
    const chunk = cipher === 'AES256' ? 65_520 : 65_504;
    for (const size of [0, 1, 5000, chunk, chunk + 1, 65_536, 65_537, 2 * chunk, 1_200_000]) {
      await put(`${cipher} ${size}`, cipher, size);
    }
  }
  await put('plain', undefined, 5000);
  await put('replaced', 'AES256', 100_000);
  await put('replaced', 'SM4', 200_000);
  const tags = [['b', '2']] as const;
  await objects.updateObject(bucket, 'SM4 5000', (record) => ({ ...record, tags }));
  await close();

  const dataKeyOf = (envelope: Buffer): Buffer => keys.get(envelope.toString()) ?? Buffer.of();
  const { buckets, unexplained } = await readDataDirectory(directory, dataKeyOf);
  expect(unexplained).toEqual([]);
  const found = buckets.get(bucket)?.objects ?? new Map();
  expect(found.size).toBe(bodies.size);
  for (const [key, body] of bodies) expect(found.get(key)?.body.equals(body), key).toBe(true);
  expect(found.get('SM4 5000')).toMatchObject({ tags, headers: [['Content-Type', 'text/plain']] });
  await expect(readDataDirectory(directory, () => randomBytes(32))).rejects.toThrow(
    'seal of a record',
  );
});
