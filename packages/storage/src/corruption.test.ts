import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inlineBodyKey, objectRecordKey } from './bucket-partition.js';
import { CorruptBlob } from './engine/blob-engine.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import { FailStop } from './engine/fail-stop.js';
import { put, remove } from './engine/metadata-engine.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import {
  BUCKET,
  blobFiles,
  drain,
  openStore,
  putRequest,
  RecordingLog,
} from './testing/open-store.js';

/** A store with one object, closed, then opened again after something was done to its metadata. */
async function damagedStore(
  body: Buffer,
  damage: (metadata: LmdbMetadata, incarnation: string, bodyId: string) => Promise<void>,
) {
  const store = await openStore();
  const { record } = await store.objects.putObject(putRequest('key', body));
  await store.objects.putObject(putRequest('healthy', 'x'));
  const bucket = await store.objects.getBucket(BUCKET);
  await store.close();
  const metadata = new LmdbMetadata(join(store.directory, 'metadata.mdb'), new FailStop(() => {}));
  const bodyId = record.body.kind === 'empty' ? '' : record.body.id;
  await damage(metadata, bucket?.incarnation ?? '', bodyId);
  await metadata.close();
  const log = new RecordingLog();
  return { log, store: await openStore({ directory: store.directory, log }) };
}

function flip(value: Buffer | undefined, at: number): Buffer {
  const flipped = Buffer.from(value ?? Buffer.of());
  flipped[at] = (flipped[at] ?? 0) ^ 0x04;
  return flipped;
}

describe('rot', () => {
  it('in a record is an error for whoever asks for it, logged and counted, and for nobody else', async () => {
    const { store, log } = await damagedStore(randomBytes(10), async (metadata, incarnation) => {
      const key = objectRecordKey('key');
      await metadata.commit(incarnation, [], [put(key, flip(metadata.get(incarnation, key), 9))]);
    });
    const { objects } = store;
    const asking = [
      () => objects.getObject(BUCKET, 'key'),
      () => objects.openObject(BUCKET, 'key'),
      () => objects.putObject(putRequest('key', 'new')),
      () => objects.deleteObject(BUCKET, 'key'),
      () => objects.listObjects(BUCKET, { limit: 10 }),
    ];
    for (const ask of asking) await expect(ask()).rejects.toThrow(CorruptRecord);
    expect(store.counters.corruptRecords).toBe(asking.length);
    expect(log.entries.filter(({ level }) => level === 'error')).toHaveLength(asking.length);
    expect(await objects.getObject(BUCKET, 'healthy')).toMatchObject({ size: 1 });
  });

  it.each([0, 4095])('in a small body, at byte %i, never leaves the store', async (at) => {
    const { store } = await damagedStore(randomBytes(4096), async (metadata, incarnation, id) => {
      const key = inlineBodyKey(id);
      await metadata.commit(incarnation, [], [put(key, flip(metadata.get(incarnation, key), at))]);
    });
    await expect(store.objects.openObject(BUCKET, 'key')).rejects.toThrow(CorruptRecord);
    expect(store.counters.corruptRecords).toBe(1);
    // What the record says is right, and the object can be replaced.
    expect(await store.objects.getObject(BUCKET, 'key')).toMatchObject({ size: 4096 });
    await store.objects.putObject(putRequest('key', 'new'));
    expect((await store.objects.openObject(BUCKET, 'key'))?.inline?.toString()).toBe('new');
  });

  it('that takes a small body away is an error, not an empty object', async () => {
    const { store } = await damagedStore(randomBytes(4096), async (metadata, incarnation, id) => {
      await metadata.commit(incarnation, [], [remove(inlineBodyKey(id))]);
    });
    await expect(store.objects.openObject(BUCKET, 'key')).rejects.toThrow(/body is missing/);
  });

  it('in a blob ends the reading before a wrong byte, logged and counted', async () => {
    const log = new RecordingLog();
    const store = await openStore({ log });
    const body = randomBytes(5_000_000);
    await store.objects.putObject(putRequest('key', body));
    const [file = ''] = blobFiles(store.directory);
    const path = join(store.directory, 'blobs', file);
    writeFileSync(path, flip(readFileSync(path), 4096 + 4_500_000));
    const opened = await store.objects.openObject(BUCKET, 'key');
    if (opened === undefined) throw new Error('the object is there');
    await expect(drain(opened)).rejects.toThrow(CorruptBlob);
    expect(store.counters.corruptBlobs).toBe(1);
    expect(log.entries).toMatchObject([{ level: 'error', message: 'a blob is damaged' }]);
    // Ranges that do not touch the block are fine.
    const before = await store.objects.openObject(BUCKET, 'key', () => ({
      start: 0,
      end: 4_000_000,
    }));
    if (before === undefined) throw new Error('the object is there');
    expect((await drain(before)).equals(body.subarray(0, 4_000_000))).toBe(true);
  });

  it('that takes a blob away is an error', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', randomBytes(100_000)));
    const [file = ''] = blobFiles(store.directory);
    writeFileSync(join(store.directory, 'blobs', file), '');
    await expect(store.objects.openObject(BUCKET, 'key')).rejects.toThrow(CorruptBlob);
    expect(store.counters.corruptBlobs).toBe(1);
  });
});
