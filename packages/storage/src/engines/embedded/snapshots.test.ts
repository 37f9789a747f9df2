import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from '../../engine/node-disk.js';
import { BUCKET, blobFiles, openStore, putRequest } from '../../testing/open-store.js';
import { DeletionGate } from './deletion-gate.js';

const HANDOVER = `backup-${'0123456789abcdef'.repeat(2)}`;
const large = (fill: number): Buffer => Buffer.alloc(100_000, fill);

/** A store with one large object, and a directory made for the metadata. */
async function storeWithHandover(options: Parameters<typeof openStore>[0] = {}) {
  const store = await openStore(options);
  await store.objects.createBucket({
    name: BUCKET,
    owner: '1000',
    storageClass: 'Standard',
    redundancy: 'LRS',
    acl: 'private',
  });
  await store.objects.putObject(putRequest('key', large(1)));
  mkdirSync(join(store.directory, HANDOVER));
  return store;
}

describe('a snapshot', () => {
  it('keeps the blobs of its moment until it is released, and no longer', async () => {
    const store = await storeWithHandover();
    const before = blobFiles(store.directory);
    const snapshot = await store.snapshot(HANDOVER);
    expect(readdirSync(join(store.directory, HANDOVER))).toEqual(['metadata.mdb']);
    await store.objects.putObject(putRequest('key', large(2)));
    await store.objects.deleteObject(BUCKET, 'key');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(blobFiles(store.directory)).toEqual(expect.arrayContaining(before));
    expect(store.counters.blobsDeleted).toBe(0);
    await snapshot.release();
    await snapshot.release();
    await store.swept();
    expect(blobFiles(store.directory)).toEqual([]);
    expect(readdirSync(store.directory)).not.toContain(HANDOVER);
  });

  it('is one at a time, and ends with the store, which it does not hold up', async () => {
    const store = await storeWithHandover();
    const snapshot = await store.snapshot(HANDOVER);
    const other = `backup-${'f'.repeat(32)}`;
    mkdirSync(join(store.directory, other));
    await expect(store.snapshot(other)).rejects.toThrow('another backup is under way');
    // The sweeper waits for the snapshot now.
    await store.objects.deleteObject(BUCKET, 'key');
    await Promise.all([store.close(), snapshot.ended]);
    expect(readdirSync(store.directory)).not.toContain(HANDOVER);
  });

  it('is refused where the copy would fill the disk, and the next one is taken', async () => {
    let free = 64 * 1024 * 1024;
    const disk = { ...nodeDisk, space: () => ({ free, total: 2 ** 40 }) };
    const store = await storeWithHandover({ disk });
    await expect(store.snapshot(HANDOVER)).rejects.toThrow(/must stay free there; 67108864 are/);
    free = 2 ** 40;
    mkdirSync(join(store.directory, HANDOVER), { recursive: true });
    await (await store.snapshot(HANDOVER)).release();
  });
});

describe('DeletionGate', () => {
  it('lets a hold wait for the deletion under way, and deletions for every hold', async () => {
    const gate = new DeletionGate();
    const order: string[] = [];
    let finish: () => void = () => {};
    const first = gate.pass(async () => {
      order.push('first begins');
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      order.push('first ends');
    });
    await Promise.resolve();
    const holds = [gate.hold(), gate.hold()];
    holds[0]?.then(() => order.push('held'));
    const second = gate.pass(async () => {
      order.push('second');
    });
    finish();
    await first;
    const [one, other] = await Promise.all(holds);
    one?.();
    one?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(order).toEqual(['first begins', 'first ends', 'held']);
    other?.();
    await second;
    expect(order.at(-1)).toBe('second');
  });

  it('is not shut by a deletion that fails', async () => {
    const gate = new DeletionGate();
    await expect(gate.pass(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    (await gate.hold())();
  });
});
