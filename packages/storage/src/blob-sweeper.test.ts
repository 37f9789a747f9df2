import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { BlobSweeper } from './blob-sweeper.js';
import { deletionKey, objectRecordKey, queuedForDeletion } from './bucket-partition.js';
import { BucketRegistry } from './bucket-registry.js';
import { checkedValue } from './checked-value.js';
import { encodeCounter } from './engine/counter-value.js';
import { FailStop } from './engine/fail-stop.js';
import { put, remove } from './engine/metadata-engine.js';
import { nodeDisk } from './engine/node-disk.js';
import { FileBlobs } from './engines/embedded/file-blobs.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import { IdSequence, newSessionId } from './id-sequence.js';
import { silentLog } from './log.js';
import type { EmbeddedStore } from './open-embedded-store.js';
import { tallied } from './record-digest.js';
import { newStoreCounters } from './store-counters.js';
import { systemError } from './testing/hooked-disk.js';
import { InstrumentedDisk } from './testing/instrumented-disk.js';
import {
  BUCKET,
  blobFiles,
  bucketSpecification,
  openStore,
  putRequest,
  RecordingLog,
  readBody,
} from './testing/open-store.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

const LARGE = 100_000;

async function incarnationOf(store: EmbeddedStore, name = BUCKET): Promise<string> {
  return (await store.objects.getBucket(name))?.incarnation ?? '';
}

/** The metadata and the blobs of a closed store, as a process that goes wrong leaves them. */
async function tamper(
  directory: string,
  change: (metadata: LmdbMetadata, blobs: FileBlobs) => Promise<void>,
): Promise<void> {
  const failStop = new FailStop(() => {});
  const metadata = new LmdbMetadata(join(directory, 'metadata.mdb'), failStop);
  const blobs = new FileBlobs({
    directory: join(directory, 'blobs'),
    session: newSessionId(Date.now()),
    disk: nodeDisk,
    failStop,
    log: silentLog,
  });
  await change(metadata, blobs);
  await metadata.close();
}

async function writeBlob(blobs: FileBlobs, bucket: string, key: string): Promise<string> {
  const writer = await blobs.create({ bucket, key }, LARGE);
  await writer.write(randomBytes(LARGE));
  await writer.finish();
  return writer.id;
}

describe('the deletion queue', () => {
  it('tries again what failed, without a new start', async () => {
    const directory = await temporaryDirectory();
    const failStop = new FailStop((error) => {
      throw error;
    });
    const metadata = new LmdbMetadata(join(directory, 'metadata.mdb'), failStop);
    onTestFinished(() => metadata.close());
    mkdirSync(join(directory, 'blobs'));
    const disk = new InstrumentedDisk();
    const session = newSessionId(Date.now());
    const log = new RecordingLog();
    const options = { directory: join(directory, 'blobs'), session, disk, failStop, log };
    const blobs = new FileBlobs(options);
    const registry = new BucketRegistry(metadata, new IdSequence(session), Date.now);
    const counters = newStoreCounters();
    const sweeper = new BlobSweeper({
      metadata,
      blobs,
      registry,
      log,
      counters,
      retryAfter: 20,
    });
    onTestFinished(() => sweeper.stop());
    const id = await writeBlob(blobs, 'incarnation', 'key');
    await metadata.commit('incarnation', [], [put(deletionKey(id), Buffer.alloc(0))]);
    disk.before = ({ operation }) => {
      if (operation === 'remove') throw systemError('EMFILE');
    };
    sweeper.blobUnnamed('incarnation', id);
    await vi.waitFor(() => expect(log.entries.length).toBeGreaterThan(1));
    expect(log.entries[0]?.message).toBe('sweeping failed; it is tried again soon');
    expect(blobFiles(directory)).toHaveLength(1);
    disk.before = () => {};
    await vi.waitFor(() => expect(blobFiles(directory)).toEqual([]));
    await vi.waitFor(() => expect(counters.blobsDeleted).toBe(1));
    expect(metadata.get('incarnation', deletionKey(id))).toBeUndefined();
  });

  it('takes the blobs of replaced and deleted objects, and empties itself', async () => {
    const store = await openStore();
    const incarnation = await incarnationOf(store);
    for (let i = 0; i < 10; i++) {
      await store.objects.putObject(putRequest('key', randomBytes(LARGE)));
      await store.objects.putObject(putRequest(`other-${i}`, randomBytes(LARGE)));
    }
    await store.objects.putObject(putRequest('key', 'small'));
    for (let i = 0; i < 5; i++) await store.objects.deleteObject(BUCKET, `other-${i}`);
    await store.swept();
    expect(blobFiles(store.directory)).toHaveLength(5);
    expect(store.counters.blobsDeleted).toBe(15);
    await store.close();
    await tamper(store.directory, async (metadata) => {
      expect(
        metadata.scan(incarnation, { from: Buffer.from('d'), to: Buffer.from('e'), limit: 9 }),
      ).toEqual([]);
    });
  });

  it('keeps the blob of an object whose attributes alone were changed', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', randomBytes(LARGE)));
    await store.objects.updateObject(BUCKET, 'key', (record) => ({ ...record, acl: 'private' }));
    await store.swept();
    expect(blobFiles(store.directory)).toHaveLength(1);
    expect((await readBody(store, 'key'))?.length).toBe(LARGE);
  });

  it('waits for a reader, and only for that blob’s', async () => {
    const store = await openStore();
    for (const key of ['read', 'unread']) {
      await store.objects.putObject(putRequest(key, randomBytes(LARGE)));
    }
    const opened = await store.objects.openObject(BUCKET, 'read');
    for (const key of ['read', 'unread']) await store.objects.deleteObject(BUCKET, key);
    await store.swept();
    expect(blobFiles(store.directory)).toHaveLength(1);
    await opened?.close();
    await new Promise((resolve) => setImmediate(resolve));
    await store.swept();
    expect(blobFiles(store.directory)).toEqual([]);
  });

  it('is taken up by the next start', async () => {
    const store = await openStore();
    const { record } = await store.objects.putObject(putRequest('kept', randomBytes(LARGE)));
    const incarnation = await incarnationOf(store);
    await store.close();
    let queued = '';
    await tamper(store.directory, async (metadata, blobs) => {
      queued = await writeBlob(blobs, incarnation, 'replaced');
      await metadata.commit(incarnation, [], [queuedForDeletion(queued)]);
      // One whose file went before the crash, but not its entry.
      await metadata.commit(incarnation, [], [queuedForDeletion('0'.repeat(24))]);
    });
    const later = await openStore({ directory: store.directory });
    await later.swept();
    const files = blobFiles(later.directory);
    expect(files).toHaveLength(1);
    expect(files[0]).toContain(record.body.kind === 'blob' ? record.body.id : '');
    expect(later.counters.blobsDeleted).toBe(2);
  });

  it('keeps an entry until its file is gone for good', async () => {
    const disk = new InstrumentedDisk();
    const store = await openStore({ disk, log: new RecordingLog() });
    await store.objects.putObject(putRequest('key', randomBytes(LARGE)));
    disk.before = ({ operation }) => {
      if (operation === 'remove') throw systemError('EIO');
    };
    await store.objects.deleteObject(BUCKET, 'key');
    await store.swept();
    expect(store.counters.blobsDeleted).toBe(0);
    await store.close();
    const later = await openStore({ directory: store.directory });
    await later.swept();
    expect(blobFiles(later.directory)).toEqual([]);
    expect(later.counters.blobsDeleted).toBe(1);
  });
});

describe('orphans', () => {
  it('of ended sessions are deleted, and nothing that a record names', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', randomBytes(LARGE)));
    const incarnation = await incarnationOf(store);
    await store.close();
    await tamper(store.directory, async (_, blobs) => {
      await writeBlob(blobs, incarnation, 'never committed');
      await writeBlob(blobs, incarnation, 'key');
      await writeBlob(blobs, 'no such bucket', 'key');
    });
    expect(blobFiles(store.directory)).toHaveLength(4);
    const later = await openStore({ directory: store.directory });
    await later.swept();
    expect(later.counters.orphansDeleted).toBe(3);
    expect(blobFiles(later.directory)).toHaveLength(1);
    expect((await readBody(later, 'key'))?.length).toBe(LARGE);
    // Of the session that left nothing, not even a directory remains.
    expect(readdirSync(join(later.directory, 'blobs'))).toHaveLength(1);
  });

  it('are looked for once in each session', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', randomBytes(LARGE)));
    await store.close();
    const second = await openStore({ directory: store.directory });
    await second.swept();
    await second.close();
    // A file that comes into a session that was walked is nobody's: it shows that nobody looks.
    const [file = ''] = blobFiles(store.directory);
    const path = join(store.directory, 'blobs', file);
    renameSync(path, `${path.slice(0, -1)}v`);
    const disk = new InstrumentedDisk();
    const third = await openStore({ directory: store.directory, disk });
    await third.swept();
    expect(third.counters.orphansDeleted).toBe(0);
    expect(blobFiles(store.directory)).toHaveLength(1);
    expect(disk.calls.filter((call) => call.path.startsWith(path.slice(0, -1)))).toEqual([]);
  });

  it('are found although a crash tore their headers', async () => {
    const store = await openStore();
    await store.objects.putObject(putRequest('kept', randomBytes(LARGE)));
    const incarnation = await incarnationOf(store);
    const [kept = ''] = blobFiles(store.directory);
    await store.close();
    await tamper(store.directory, async (_, blobs) => {
      // A header of three sectors, of which the second did not reach the disk.
      await writeBlob(blobs, incarnation, 'long'.repeat(250));
    });
    const torn = blobFiles(store.directory).find((file) => file !== kept) ?? '';
    const zero = (file: string, from: number, to: number): void => {
      const path = join(store.directory, 'blobs', file);
      writeFileSync(path, readFileSync(path).fill(0, from, to));
    };
    zero(torn, 512, 1024);
    zero(kept, 0, 20);
    const log = new RecordingLog();
    const later = await openStore({ directory: store.directory, log });
    await later.swept();
    expect(blobFiles(later.directory)).toEqual([kept]);
    expect(later.counters.orphansDeleted).toBe(1);
    expect(log.entries).toMatchObject([
      { level: 'warn', message: 'a blob whose header is damaged was left alone' },
    ]);
  });

  it('are kept where records are missing, whose blobs they may be', async () => {
    const store = await openStore();
    const incarnation = await incarnationOf(store);
    await store.objects.putObject(putRequest('lost', randomBytes(LARGE)));
    await store.objects.putObject(putRequest('there', 'x'));
    await store.close();
    await tamper(store.directory, async (metadata, blobs) => {
      await metadata.commit(incarnation, [], [remove(objectRecordKey('lost'))]);
      await writeBlob(blobs, 'a-bucket-that-is-no-more', 'key');
    });
    const log = new RecordingLog();
    const later = await openStore({ directory: store.directory, log });
    await later.swept();
    expect(later.counters.orphansDeleted).toBe(1);
    expect(blobFiles(store.directory)).toHaveLength(1);
    expect(log.entries).toMatchObject([
      { level: 'error', message: 'records are missing: a blob was left alone' },
    ]);
    // The session is looked at again by the next start, when the loss may have been accepted.
    await later.scrub({ repair: 'accept-loss' });
    await later.close();
    const last = await openStore({ directory: store.directory });
    await last.swept();
    expect(last.counters.orphansDeleted).toBe(1);
    expect(blobFiles(store.directory)).toEqual([]);
  });

  it('are kept when rot hides whether they are orphans', async () => {
    const store = await openStore();
    for (const key of ['damaged record', 'damaged header']) {
      await store.objects.putObject(putRequest(key, randomBytes(LARGE)));
    }
    const incarnation = await incarnationOf(store);
    const [, second = ''] = blobFiles(store.directory).sort();
    await store.close();
    await tamper(store.directory, async (metadata) => {
      const recordKey = objectRecordKey('damaged record');
      await metadata.commit(incarnation, [], [put(recordKey, Buffer.from('garbage'))]);
    });
    const path = join(store.directory, 'blobs', second);
    writeFileSync(path, Buffer.alloc(LARGE, 'garbage'));
    const log = new RecordingLog();
    const later = await openStore({ directory: store.directory, log });
    await later.swept();
    expect(blobFiles(later.directory)).toHaveLength(2);
    expect(later.counters.orphansDeleted).toBe(0);
    expect(log.entries).toMatchObject([
      { level: 'warn', message: 'a blob whose header is damaged was left alone' },
    ]);
  });

  it('do not keep a store from opening, and a close stops the search', async () => {
    const store = await openStore();
    const incarnation = await incarnationOf(store);
    await store.close();
    await tamper(store.directory, async (_, blobs) => {
      for (let i = 0; i < 5; i++) await writeBlob(blobs, incarnation, `orphan ${i}`);
    });
    const disk = new InstrumentedDisk();
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    disk.before = ({ operation, path }) =>
      operation === 'open' && path.includes('blobs') ? held : undefined;
    const later = await openStore({ directory: store.directory, disk });
    await later.objects.putObject(putRequest('key', 'works meanwhile'));
    const closed = later.close();
    release();
    await closed;
    expect(blobFiles(store.directory)).toHaveLength(5);
    const again = await openStore({ directory: store.directory });
    await again.swept();
    expect(again.counters.orphansDeleted).toBe(5);
  });
});

describe('a deleted bucket', () => {
  it('leaves nothing behind, neither files nor keys', async () => {
    const store = await openStore();
    const incarnation = await incarnationOf(store);
    await store.objects.putObject(putRequest('large', randomBytes(LARGE)));
    await store.objects.putObject(putRequest('small', 'x'));
    for (const key of ['large', 'small']) await store.objects.deleteObject(BUCKET, key);
    await store.objects.deleteBucket(BUCKET);
    await store.swept();
    expect(blobFiles(store.directory)).toEqual([]);
    await store.close();
    await tamper(store.directory, async (metadata) => {
      expect(metadata.scan(incarnation, { limit: 9 })).toEqual([]);
      // The count of buckets and their digest stay, and say that there are none.
      expect(metadata.scan('buckets', { limit: 9 })).toEqual([
        { key: Buffer.from('c'), value: encodeCounter(0) },
        { key: Buffer.from('x'), value: encodeCounter(0) },
      ]);
    });
  });

  it('keeps its deletion queue until the last reader of its blobs has gone', async () => {
    const store = await openStore();
    const incarnation = await incarnationOf(store);
    const body = randomBytes(LARGE);
    await store.objects.putObject(putRequest('key', body));
    const opened = await store.objects.openObject(BUCKET, 'key');
    await store.objects.deleteObject(BUCKET, 'key');
    await store.objects.deleteBucket(BUCKET);
    await store.objects.createBucket(bucketSpecification);
    await store.swept();
    expect(blobFiles(store.directory)).toHaveLength(1);
    await opened?.close();
    await new Promise((resolve) => setImmediate(resolve));
    await store.swept();
    expect(blobFiles(store.directory)).toEqual([]);
    await store.close();
    await tamper(store.directory, async (metadata) => {
      expect(metadata.scan(incarnation, { limit: 9 })).toEqual([]);
    });
  });

  it('is finished off by the next start, wherever the crash came', async () => {
    const store = await openStore();
    for (const name of ['epoch-gone', 'intended', 'coming']) {
      await store.objects.createBucket({ ...bucketSpecification, name });
    }
    const gone = await incarnationOf(store, 'epoch-gone');
    const intended = await incarnationOf(store, 'intended');
    await store.close();
    await tamper(store.directory, async (metadata, blobs) => {
      const enter = async (incarnation: string, name: string): Promise<void> => {
        const key = Buffer.from(`u${incarnation}`);
        const entry = put(key, checkedValue(key, Buffer.from(name)));
        const changes = await tallied(metadata, 'buckets', [entry], () => true);
        await metadata.commit('buckets', [], changes);
      };
      // Deleted up to the commit in its partition; one blob was still to be deleted.
      await enter(gone, 'epoch-gone');
      const blob = await writeBlob(blobs, gone, 'key');
      await metadata.commit(
        gone,
        [],
        [{ kind: 'delete', key: Buffer.from('e') }, queuedForDeletion(blob)],
      );
      // Only the intention to delete it was written down.
      await enter(intended, 'intended');
      // A creation that came as far as its partition.
      await enter('unborn', 'unborn');
      await metadata.commit('unborn', [], [put(Buffer.from('e'), Buffer.of(0, 0, 0, 1))]);
    });
    const later = await openStore({ directory: store.directory });
    const { buckets } = await later.objects.listBuckets({ owner: '1000', limit: 9 });
    expect(buckets.map(({ name }) => name)).toEqual(['coming', BUCKET, 'intended']);
    expect(await later.objects.getBucket('epoch-gone')).toBeUndefined();
    await later.objects.putObject(putRequest('key', 'x', { bucket: 'intended' }));
    await later.swept();
    expect(blobFiles(later.directory)).toEqual([]);
    expect(await later.scrub()).toMatchObject({ findings: 0, buckets: 3 });
    await later.close();
    await tamper(store.directory, async (metadata) => {
      expect(metadata.scan(gone, { limit: 9 })).toEqual([]);
      expect(metadata.scan('unborn', { limit: 9 })).toEqual([]);
      expect(
        metadata.scan('buckets', { from: Buffer.from('u'), to: Buffer.from('v'), limit: 9 }),
      ).toEqual([]);
    });
  });
});
