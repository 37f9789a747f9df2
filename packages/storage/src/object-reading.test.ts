import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64Engine, OssError } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { BodyThreads } from './body/body-threads.js';
import { objectRecordKey } from './bucket-partition.js';
import { BlobGone, type BlobReader } from './engine/blob-engine.js';
import type { MetadataEngine } from './engine/metadata-engine.js';
import { IdSequence } from './id-sequence.js';
import { SlabPool } from './memory/slab-pool.js';
import { TransferMemory } from './memory/transfer-memory.js';
import { ObjectCommits } from './object-commits.js';
import { openObject } from './object-reading.js';
import type { ObjectBody } from './object-record.js';
import { encodeObjectRecord } from './object-record-codec.js';
import type { OpenedObject } from './object-store.js';
import { InstrumentedDisk } from './testing/instrumented-disk.js';
import {
  BUCKET,
  blobFiles,
  bucketSpecification,
  drain,
  openStore,
  plainAttributes,
  putRequest,
} from './testing/open-store.js';

const LIMIT = 64 * 1024;

const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex').toUpperCase();

describe('openObject', () => {
  it.each([6, 200_000])('gives any range of %i bytes, inline or from a blob', async (size) => {
    const store = await openStore();
    const body = randomBytes(size);
    await store.objects.putObject(putRequest('key', body));
    for (const [start, end] of [
      [0, size],
      [0, 0],
      [1, size - 1],
      [size - 1, size],
      [size, size],
    ] as const) {
      const opened = await store.objects.openObject(BUCKET, 'key', () => ({ start, end }));
      if (opened === undefined) throw new Error('the object is there');
      expect(opened.range).toEqual({ start, end });
      expect(opened.inline?.equals(body.subarray(start, end)) ?? size > LIMIT).toBe(true);
      expect((await drain(opened)).equals(body.subarray(start, end))).toBe(true);
    }
  });

  it('lets the inspection refuse before any byte is read', async () => {
    const disk = new InstrumentedDisk();
    const store = await openStore({ disk });
    await store.objects.putObject(putRequest('key', randomBytes(200_000)));
    const opened = disk.calls.filter(({ operation }) => operation === 'open').length;
    const refusing = store.objects.openObject(BUCKET, 'key', () => {
      throw new OssError('PreconditionFailed');
    });
    await expect(refusing).rejects.toMatchObject({ kind: 'PreconditionFailed' });
    expect(disk.calls.filter(({ operation }) => operation === 'open')).toHaveLength(opened);
  });

  it('finds nothing where nothing is, and no bucket where there is none', async () => {
    const store = await openStore();
    expect(await store.objects.openObject(BUCKET, 'key')).toBeUndefined();
    expect(await store.objects.getObject(BUCKET, 'key')).toBeUndefined();
    for (const asking of [
      store.objects.openObject('nowhere', 'key'),
      store.objects.getObject('nowhere', 'key'),
      store.objects.deleteObject('nowhere', 'key'),
      store.objects.putObject(putRequest('key', 'x', { bucket: 'nowhere' })),
    ]) {
      await expect(asking).rejects.toMatchObject({
        kind: 'NoSuchBucket',
        details: { BucketName: 'nowhere' },
      });
    }
  });

  it('gives a record and its own bytes while the object is overwritten again and again', async () => {
    const store = await openStore();
    const size = 400_000;
    const bodyOf = (i: number): Buffer => Buffer.alloc(i % 2 === 0 ? size : 1000, `body ${i}`);
    await store.objects.putObject(putRequest('key', bodyOf(0)));
    let writing = true;
    const writers = Array.from({ length: 5 }, async (_, w) => {
      for (let i = w; i < 60; i += 5) await store.objects.putObject(putRequest('key', bodyOf(i)));
    });
    const done = Promise.all(writers).then(() => {
      writing = false;
    });
    let reads = 0;
    const readers = Array.from({ length: 4 }, async () => {
      while (writing) {
        const opened: OpenedObject | undefined = await store.objects.openObject(BUCKET, 'key');
        if (opened === undefined) throw new Error('the object is always there');
        await new Promise((resolve) => setImmediate(resolve));
        const body = await drain(opened);
        expect(md5(body)).toBe(opened.record.etag);
        expect(body.length).toBe(opened.record.size);
        reads++;
      }
    });
    await Promise.all([done, ...readers]);
    expect(reads).toBeGreaterThan(10);
    await store.swept();
    expect(blobFiles(store.directory).length).toBeLessThanOrEqual(1);
  });

  it('goes on giving an object that is deleted while it is read', async () => {
    const store = await openStore();
    const body = randomBytes(3_000_000);
    await store.objects.putObject(putRequest('key', body));
    const opened = await store.objects.openObject(BUCKET, 'key');
    if (opened === undefined) throw new Error('the object is there');
    await store.objects.deleteObject(BUCKET, 'key');
    await store.swept();
    expect(blobFiles(store.directory)).toHaveLength(1);
    expect((await drain(opened)).equals(body)).toBe(true);
    await store.swept();
    expect(blobFiles(store.directory)).toEqual([]);
  });
});

describe('an object that is replaced between the reading of its record and of its body', () => {
  const bucket = {
    ...bucketSpecification,
    incarnation: 'inc',
    epoch: 1,
    createdAt: 0,
  };
  const recordKey = objectRecordKey('key');

  function recordOf(body: ObjectBody, content: string): Buffer {
    return encodeObjectRecord(recordKey, {
      ...plainAttributes,
      key: 'key',
      type: 'Normal',
      revision: `revision of ${content}`,
      size: content.length,
      etag: 'ETAG',
      crc64: 0n,
      lastModified: 0,
      body,
    });
  }

  /** Opens an object whose record is, each time it is read, the next of these. */
  function open(records: Buffer[], bodies: Record<string, string>, blobs: Record<string, string>) {
    const metadata: MetadataEngine = {
      get: (_, key) => {
        if (key.equals(recordKey)) return records.length > 1 ? records.shift() : records[0];
        const body = bodies[key.toString()];
        return body === undefined ? undefined : Buffer.from(body);
      },
      scan: () => [],
      snapshot: () => {
        throw new Error('nobody asks for one');
      },
      commit: async () => 'committed',
      close: async () => {},
    };
    const engine = {
      open: async (id: string): Promise<BlobReader> => {
        const content = blobs[id];
        if (content === undefined) throw new BlobGone(id);
        return {
          size: content.length,
          async *read(start, end) {
            yield Buffer.from(content).subarray(start, end);
          },
          async readUnverified() {
            throw new Error('nobody asks for that');
          },
          async close() {},
        };
      },
    };
    const commits = new ObjectCommits(metadata, new IdSequence('s'), () => {});
    const bodyThreads = new BodyThreads(new Crc64Engine());
    const slabs = new SlabPool(new TransferMemory());
    const parts = { metadata, blobs: engine, bodyThreads, slabs };
    return openObject(parts, commits, bucket, 'key', undefined);
  }

  const inline = (content: string, id: string): Buffer =>
    recordOf({ kind: 'inline', id, crc32: crc32(content) }, content);
  const blob = (content: string, id: string): Buffer => recordOf({ kind: 'blob', id }, content);

  it('is opened as it is afterwards, whatever it was and is', async () => {
    const bodies = { bnew: 'newer' };
    const blobs = { new: 'newer' };
    for (const before of [inline('older', 'old'), blob('older', 'old')]) {
      for (const after of [inline('newer', 'new'), blob('newer', 'new')]) {
        const opened = await open([before, after], bodies, blobs);
        if (opened === undefined) throw new Error('the object is there');
        expect(opened.record.revision).toBe('revision of newer');
        expect((await drain(opened)).toString()).toBe('newer');
      }
    }
  });

  it('is damaged when its record stays and still names what is missing', async () => {
    for (const record of [inline('older', 'old'), blob('older', 'old')]) {
      await expect(open([record], {}, {})).rejects.toThrow(/body is missing/);
    }
  });

  it('is damaged when its blob has another size than its record says', async () => {
    await expect(open([blob('older', 'id')], {}, { id: 'longer' })).rejects.toThrow(/another size/);
  });
});
