import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { objectRecordKey } from './bucket-partition.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import { put } from './engine/metadata-engine.js';
import type { ObjectRecord } from './object-record.js';
import { decodeObjectRecord, encodeObjectRecord } from './object-record-codec.js';
import type { Reseal } from './reseal-object.js';
import type { Sealing } from './sealing/sealing.js';
import {
  BUCKET,
  blobFiles,
  openStore,
  plainAttributes,
  putRequest,
  readBody,
} from './testing/open-store.js';
import { changed } from './testing/scrubbed-store.js';
import { openTestEnvelope, testSealing } from './testing/test-sealing.js';

const MiB = 1024 * 1024;
const noise = Buffer.concat(
  Array.from({ length: 98_400 }, (_, at) => createHash('sha256').update(String(at)).digest()),
);
const SIZES = [0, 1, 5000, 65_536, 65_537, 131_073, 3 * MiB];

const to = (sealing: Sealing | undefined): Reseal => ({
  openEnvelope: openTestEnvelope,
  seal: () => sealing,
});

/** What a client sees of an object. */
const seen = ({ revision, body, sealing, ...rest }: ObjectRecord) => rest;

describe('resealObject', () => {
  it.each([
    ['plain', undefined, 'AES256'],
    ['AES256', 'AES256', 'SM4'],
    ['SM4', 'SM4', 'AES256'],
    ['AES256', 'AES256', 'AES256'],
    ['SM4', 'SM4', undefined],
  ] as const)(
    'writes the body anew that was %s, and nothing else changes',
    async (_, from, into) => {
      const store = await openStore();
      const attributes = {
        ...plainAttributes,
        acl: 'public-read',
        storageClass: 'IA',
        owner: '2000',
        headers: [['Cache-Control', 'no-cache']],
        metadata: [['author', 'me']],
        tags: [['a', 'b']],
      } as const;
      for (const size of SIZES) {
        const body = noise.subarray(0, size);
        const sealing = from && testSealing(from);
        const { record } = await store.objects.putObject(
          putRequest('key', body, { sealing, attributes }),
        );
        const before = await store.objects.bucketStatistics(BUCKET);
        const wanted = into && testSealing(into);
        let read = 0;
        const after = await store.objects.resealObject(BUCKET, 'key', {
          ...to(wanted),
          onBytes: (count) => {
            read += count;
          },
        });
        if (after === undefined) throw new Error('nobody else was there');
        expect(seen(after)).toEqual(seen(record));
        expect(after.revision).not.toBe(record.revision);
        expect(after.sealing?.cipher).toBe(into);
        expect(after.sealing?.envelope).toEqual(wanted && Buffer.from(wanted.envelope));
        if (size > 0) expect(after.body).not.toEqual(record.body);
        expect(read).toBe(size);
        expect(await store.objects.getObject(BUCKET, 'key')).toEqual(after);
        expect((await readBody(store, 'key'))?.equals(body), `${size} bytes`).toBe(true);
        expect(await store.objects.bucketStatistics(BUCKET)).toEqual(before);
        await store.swept();
        expect(blobFiles(store.directory)).toHaveLength(size > 65_536 ? 1 : 0);
      }
      expect(store.transferMemory).toBe(0);
      const found: unknown[] = [];
      await store.scrub({ onFinding: (finding) => void found.push(finding) });
      expect(found).toEqual([]);
    },
  );

  it('reads with little memory what it gathers before it writes it', async () => {
    // Slabs of one block: the reader uses its buffer again for every piece.
    const store = await openStore({ transferMemory: 0, inlineLimit: 200_000 });
    const body = noise.subarray(0, 500_000);
    await store.objects.putObject(putRequest('key', body));
    await store.objects.resealObject(BUCKET, 'key', to(testSealing('AES256')));
    expect((await readBody(store, 'key'))?.equals(body)).toBe(true);
  });

  it.each([100, 200_000])(
    'lets whoever puts or deletes an object of %i bytes meanwhile have the last word',
    async (size) => {
      const store = await openStore();
      const putOf = (fill: number) =>
        store.objects.putObject(putRequest('key', Buffer.alloc(size, fill)));
      for (const meanwhile of [
        () => putOf(2),
        () => store.objects.deleteObject(BUCKET, 'key'),
        async () => {
          await store.objects.deleteObject(BUCKET, 'key');
          await putOf(2);
        },
      ]) {
        await putOf(1);
        const after = await store.objects.resealObject(BUCKET, 'key', {
          openEnvelope: openTestEnvelope,
          seal: async () => {
            await meanwhile();
            return testSealing('AES256');
          },
        });
        expect(after).toBeUndefined();
        const left = await store.objects.getObject(BUCKET, 'key');
        expect(left?.sealing).toBeUndefined();
        const isThere = meanwhile.toString().includes('putOf');
        expect((await readBody(store, 'key'))?.[0]).toBe(isThere ? 2 : undefined);
        await store.swept();
        const named = left?.body.kind === 'blob' ? 1 : 0;
        expect(blobFiles(store.directory)).toHaveLength(named);
      }
    },
  );

  it('is overtaken by another envelope, too, and keeps what was changed beside the body', async () => {
    const store = await openStore();
    const sealing = testSealing('AES256');
    await store.objects.putObject(putRequest('key', 'hi oss', { sealing }));
    const envelope = Buffer.from('another envelope');
    const overtaken = await store.objects.resealObject(BUCKET, 'key', {
      openEnvelope: openTestEnvelope,
      seal: async () => {
        await store.objects.rewrapObject(BUCKET, 'key', () => ({ ...sealing, envelope }));
        return testSealing('SM4');
      },
    });
    expect(overtaken).toBeUndefined();
    const after = await store.objects.resealObject(BUCKET, 'key', {
      openEnvelope: () => sealing.dataKey,
      seal: async () => {
        await store.objects.updateObject(BUCKET, 'key', (record) => ({
          ...record,
          acl: 'private',
          tags: [['late', 'tag']],
        }));
        return testSealing('SM4');
      },
    });
    expect(after).toMatchObject({ acl: 'private', tags: [['late', 'tag']] });
    expect((await readBody(store, 'key'))?.toString()).toBe('hi oss');
  });

  it('leaves everything as it is when it is refused, ended or fails on the way', async () => {
    const store = await openStore();
    for (const size of [100, 200_000, 3 * MiB]) {
      const { record } = await store.objects.putObject(
        putRequest('key', noise.subarray(0, size), { sealing: testSealing('AES256') }),
      );
      await store.swept();
      const files = blobFiles(store.directory);
      const fail = () => {
        throw new Error('no');
      };
      const ended = AbortSignal.abort(new Error('no'));
      const wanted = to(testSealing('SM4'));
      for (const reseal of [
        { ...wanted, inspect: fail },
        { ...wanted, openEnvelope: fail },
        { ...wanted, seal: fail },
        { ...wanted, onBytes: fail },
        { ...wanted, signal: ended },
      ]) {
        const resealing = store.objects.resealObject(BUCKET, 'key', reseal);
        await expect(resealing).rejects.toThrow('no');
      }
      expect(await store.objects.getObject(BUCKET, 'key')).toEqual(record);
      expect(blobFiles(store.directory)).toEqual(files);
    }
    const missing = store.objects.resealObject(BUCKET, 'nothing', to(undefined));
    await expect(missing).rejects.toMatchObject({ kind: 'NoSuchKey' });
    expect(store.transferMemory).toBe(0);
  });

  it('leaves nothing plain in what the store still uses', async () => {
    const store = await openStore();
    const pattern = 'the plain text that must not be found; ';
    for (const size of [30, 4096, 60_000, 300_000]) {
      const key = `of ${size}`;
      await store.objects.putObject(putRequest(key, Buffer.alloc(size, pattern)));
      await store.objects.resealObject(BUCKET, key, to(testSealing('AES256')));
    }
    await store.swept();
    const { incarnation = '' } = (await store.objects.getBucket(BUCKET)) ?? {};
    for (const file of blobFiles(store.directory)) {
      expect(readFileSync(join(store.directory, 'blobs', file)).includes(pattern)).toBe(false);
    }
    let entries = 0;
    await changed(store, async (metadata) => {
      for (const { value } of metadata.scan(incarnation, { limit: 1000 })) {
        entries++;
        expect(value.includes(pattern.slice(0, 20))).toBe(false);
      }
    });
    expect(entries).toBeGreaterThan(8);
  });

  it('does not vouch for bytes that are not those which were put', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', 'hi oss'));
    const { incarnation = '' } = (await store.objects.getBucket(BUCKET)) ?? {};
    // Every checksum that takes no look at the bytes is right.
    const reopened = await changed(store, async (metadata) => {
      const recordKey = objectRecordKey('key');
      const stored = metadata.get(incarnation, recordKey);
      if (stored === undefined) throw new Error('the object is there');
      const record = { ...decodeObjectRecord(recordKey, 'key', stored), crc64: 1n };
      const value = encodeObjectRecord(recordKey, record);
      await metadata.commit(incarnation, [], [put(recordKey, value)]);
    });
    const resealing = reopened.objects.resealObject(BUCKET, 'key', to(testSealing('AES256')));
    await expect(resealing).rejects.toThrow(CorruptRecord);
    expect(await reopened.objects.getObject(BUCKET, 'key')).toMatchObject({ crc64: 1n });
  });
});

describe('listKeys', () => {
  it('gives keys in the order of their bytes, behind a key and with a prefix', async () => {
    const store = await openStore();
    const keys = ['a', 'a/1', 'a/2', 'a/\u{ffff}', 'a/\u{10000}', 'b', 'ä'];
    for (const key of keys.toReversed()) await store.objects.putObject(putRequest(key, ''));
    const list = (request: object) => store.objects.listKeys(BUCKET, { limit: 10, ...request });
    expect(await list({})).toEqual(keys);
    expect(await list({ limit: 2 })).toEqual(keys.slice(0, 2));
    expect(await list({ after: 'a/2' })).toEqual(keys.slice(3));
    expect(await list({ after: 'a/15' })).toEqual(keys.slice(2));
    expect(await list({ prefix: 'a/' })).toEqual(keys.slice(1, 5));
    expect(await list({ prefix: 'a/', after: 'a/1', limit: 2 })).toEqual(keys.slice(2, 4));
    expect(await list({ prefix: 'a/', after: 'A' })).toEqual(keys.slice(1, 5));
    expect(await list({ prefix: 'a/', after: 'b' })).toEqual([]);
  });
});
