import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  classBytesKey,
  DIGEST_KEY,
  deletionKey,
  EPOCH_KEY,
  inlineBodyKey,
  OBJECT_COUNT_KEY,
  objectRecordKey,
} from '../bucket-partition.js';
import { REGISTRY } from '../bucket-registry.js';
import { decodeCounter, encodeCounter } from '../engine/counter-value.js';
import { add, put, remove } from '../engine/metadata-engine.js';
import type { FileBlobs } from '../engines/embedded/file-blobs.js';
import type { LmdbMetadata } from '../engines/embedded/lmdb-metadata.js';
import type { EmbeddedStore } from '../open-embedded-store.js';
import { BUCKET, blobFiles, putRequest, RecordingLog, readBody } from '../testing/open-store.js';
import {
  changed,
  filledStore,
  flipInFile,
  flipped,
  LARGE,
  scrub,
} from '../testing/scrubbed-store.js';

describe('a scrub finds', () => {
  it('records that vanished, which nothing else notices', async () => {
    const log = new RecordingLog();
    const { store, incarnation, bodyId, directory } = await filledStore();
    const id = await bodyId('key 3');
    const hurt = await changed(
      { ...store, directory },
      (metadata) =>
        metadata.commit(
          incarnation,
          [],
          [remove(objectRecordKey('key 3')), remove(inlineBodyKey(id))],
        ),
      log,
    );
    expect(await hurt.objects.getObject(BUCKET, 'key 3')).toBeUndefined();
    const { findings } = await scrub(hurt);
    expect(findings).toMatchObject([
      { kind: 'records-lost', severity: 'damage', bucket: BUCKET, repaired: false },
    ]);
    expect(findings[0]?.what).toBe('30 records are there, 31 were counted');
    expect(hurt.counters.scrubDamage).toBe(1);
    expect(log.entries.map(({ level }) => level)).toContain('error');
  });

  it('an old record that came back in the place of a new one', async () => {
    const { store, incarnation, objects, directory } = await filledStore();
    const key = objectRecordKey('large');
    let old: Buffer | undefined;
    let blob: readonly [string, Buffer] = ['', Buffer.of()];
    const hurt = await changed({ ...store, directory }, async (metadata) => {
      old = metadata.get(incarnation, key);
      const path = join(directory, 'blobs', blobFiles(directory)[0] ?? '');
      blob = [path, readFileSync(path)];
    });
    await hurt.objects.putObject(putRequest('large', randomBytes(LARGE + 5)));
    await hurt.swept();
    const again = await changed(hurt, async (metadata) => {
      if (old !== undefined) await metadata.commit(incarnation, [], [put(key, old)]);
      mkdirSync(dirname(blob[0]), { recursive: true });
      writeFileSync(...blob);
    });
    // It is whole, and reads as if nothing were wrong with it.
    expect((await readBody(again, 'large'))?.length).toBe(LARGE + 5);
    const { findings } = await scrub(again, { repair: 'none' });
    expect(findings[0]).toMatchObject({ kind: 'records-lost', bucket: BUCKET });
    expect(findings[0]?.what).toMatch(/not the same: their digest is another/);
    void objects;
  });

  it.each([
    ['its record', 'damaged-record'],
    ['its small body', 'damaged-body'],
    ['its small body gone', 'missing-body'],
  ])('an object with damage in %s, and its key', async (what, kind) => {
    const { store, incarnation, bodyId, directory } = await filledStore();
    const record = objectRecordKey('key 9');
    const body = inlineBodyKey(await bodyId('key 9'));
    const hurt = await changed({ ...store, directory }, (metadata) =>
      metadata.commit(
        incarnation,
        [],
        [
          kind === 'damaged-record'
            ? put(record, flipped(metadata.get(incarnation, record), 12))
            : kind === 'damaged-body'
              ? put(body, flipped(metadata.get(incarnation, body), 700))
              : remove(body),
        ],
      ),
    );
    const { findings } = await scrub(hurt);
    expect(findings[0]).toMatchObject({ kind, bucket: BUCKET, key: 'key 9', repaired: false });
    // A body whose record cannot be read looks like nobody's, and is kept.
    const left = kind === 'damaged-record' ? ['orphan-body'] : [];
    expect(findings.slice(1).map((each) => each.kind)).toEqual(left);
    expect(findings.every(({ repaired }) => !repaired)).toBe(true);
    expect(what).toMatch(/record|body/);
  });

  it.each([
    ['header', 20],
    ['first block', 4096 + 1],
    ['last block', 4096 + LARGE + 2],
    ['checksums', 4096 + LARGE + 5 + 6],
    ['footer', -3],
  ])('a blob with a flipped bit in its %s', async (_, at) => {
    const { store, directory, blobId } = await filledStore();
    const path = join(directory, 'blobs', blobFiles(directory)[0] ?? '');
    flipInFile(path, at < 0 ? readFileSync(path).length + at : at);
    const check = async (live: EmbeddedStore): Promise<void> => {
      const { findings } = await scrub(live);
      expect(findings).toMatchObject([{ kind: 'damaged-body', bucket: BUCKET, key: 'large' }]);
      expect(findings[0]?.what).toContain(blobId);
    };
    await check(store);
    // Its session has ended by then, and it is no orphan.
    await check(await changed({ ...store, directory }, async () => {}));
  });

  it('a blob that is gone, and one that is whole but another', async () => {
    const { store, directory } = await filledStore();
    await store.objects.putObject(putRequest('large 2', randomBytes(LARGE)));
    const [one = '', other = ''] = blobFiles(directory).map((name) =>
      join(directory, 'blobs', name),
    );
    rmSync(one);
    expect((await scrub(store)).findings).toMatchObject([{ kind: 'missing-body', key: 'large' }]);
    writeFileSync(one, readFileSync(other));
    const { findings } = await scrub(store);
    expect(findings).toMatchObject([{ kind: 'damaged-body', key: 'large' }]);
    expect(findings[0]?.what).toMatch(/its header says it is/);
  });

  it('counters that are wrong or damaged, and counts anew where the records are whole', async () => {
    const { store, incarnation, directory } = await filledStore();
    const hurt = await changed({ ...store, directory }, (metadata) =>
      metadata.commit(
        incarnation,
        [],
        [
          add(classBytesKey('IA'), 1000),
          put(DIGEST_KEY, flipped(metadata.get(incarnation, DIGEST_KEY), 5)),
        ],
      ),
    );
    // With two that do not fit, nobody can tell which one is right.
    expect((await scrub(hurt)).findings).toMatchObject([
      { kind: 'damaged-counter', repaired: false },
      { kind: 'records-lost', repaired: false },
    ]);
    const better = await changed(hurt, (metadata) =>
      metadata.commit(incarnation, [], [add(classBytesKey('IA'), -1000)]),
    );
    expect((await scrub(better, { repair: 'none' })).findings).toMatchObject([
      { kind: 'damaged-counter', repaired: false },
    ]);
    expect((await scrub(better)).findings).toMatchObject([
      { kind: 'damaged-counter', repaired: true },
    ]);
    await better.objects.putObject(putRequest('more', 'x'));
    expect((await scrub(better)).findings).toEqual([]);
    const worse = await changed(better, (metadata) =>
      metadata.commit(
        incarnation,
        [],
        [
          add(classBytesKey('IA'), 1000),
          put(OBJECT_COUNT_KEY, flipped(metadata.get(incarnation, OBJECT_COUNT_KEY), 11)),
        ],
      ),
    );
    const before = await worse.objects.bucketStatistics(BUCKET);
    expect((await scrub(worse)).findings).toMatchObject([
      { kind: 'damaged-counter', repaired: true },
      { kind: 'wrong-counter', severity: 'waste', repaired: true },
    ]);
    const after = await worse.objects.bucketStatistics(BUCKET);
    expect(before.byStorageClass.IA.bytes - after.byStorageClass.IA.bytes).toBe(1000);
    expect((await scrub(worse)).findings).toEqual([]);
  });

  it('a bucket that vanished from the registry, or came back', async () => {
    const { store, directory } = await filledStore();
    let record: Buffer | undefined;
    const name = Buffer.from('nother');
    const hurt = await changed({ ...store, directory }, async (metadata) => {
      record = metadata.get(REGISTRY, name);
      await metadata.commit(REGISTRY, [], [remove(name)]);
    });
    expect(await hurt.objects.getBucket('other')).toBeUndefined();
    const { findings } = await scrub(hurt);
    expect(findings.map(({ kind }) => kind)).toEqual(['bucket-lost', 'stray-owner-entry']);
    expect(findings[0]?.what).toBe('1 records of buckets are there, 2 were counted');
    const back = await changed(hurt, async (metadata) => {
      if (record !== undefined) await metadata.commit(REGISTRY, [], [put(name, record)]);
    });
    // Its owner's entry is what the first scrub took for stray.
    expect((await scrub(back)).findings).toMatchObject([
      { kind: 'missing-owner-entry', bucket: 'other', repaired: true },
    ]);
    expect((await scrub(back)).findings).toEqual([]);
    const { buckets } = await back.objects.listBuckets({ owner: '1000', limit: 9 });
    expect(buckets.map((bucket) => bucket.name)).toEqual([BUCKET, 'other']);
  });

  it('a damaged bucket record, and a bucket whose epoch is gone', async () => {
    const { store, incarnation, directory } = await filledStore();
    const name = Buffer.from('nother');
    const hurt = await changed({ ...store, directory }, async (metadata) => {
      await metadata.commit(REGISTRY, [], [put(name, flipped(metadata.get(REGISTRY, name), 8))]);
      await metadata.commit(incarnation, [], [remove(EPOCH_KEY)]);
    });
    expect((await scrub(hurt, { repair: 'accept-loss' })).findings).toMatchObject([
      { kind: 'damaged-bucket', bucket: 'other' },
      { kind: 'damaged-bucket', bucket: BUCKET, what: 'its epoch is missing' },
    ]);
  });

  it('damage in what a room keeps', async () => {
    const { store, directory } = await filledStore();
    const hurt = await changed({ ...store, directory }, async (metadata) => {
      const key = Buffer.from('kaccount');
      const value = metadata.get('room:directory', key);
      await metadata.commit(
        'room:directory',
        [],
        [put(key, flipped(value, 1)), remove(Buffer.from('kkey'))],
      );
    });
    expect((await scrub(hurt)).kinds).toEqual(['damaged-setting', 'settings-lost']);
  });

  it('what nobody names, and deletes it, but never where records are missing', async () => {
    const { store, incarnation, directory, bodyId, objects } = await filledStore();
    const living = await bodyId('key 2');
    const orphan = async (metadata: LmdbMetadata, blobs: FileBlobs): Promise<void> => {
      await metadata.commit(
        incarnation,
        [],
        [put(inlineBodyKey('0'.repeat(24)), Buffer.from('x'))],
      );
      const writer = await blobs.create({ bucket: incarnation, key: 'was never put' });
      await writer.write(randomBytes(100));
      await writer.finish();
    };
    const hurt = await changed({ ...store, directory }, async (metadata, blobs) => {
      await metadata.commit(incarnation, [], [remove(objectRecordKey('key 2'))]);
      await orphan(metadata, blobs);
    });
    await hurt.swept();
    const first = await scrub(hurt);
    expect(first.kinds).toEqual(['records-lost', 'orphan-body', 'orphan-body', 'orphan-blob']);
    expect(first.summary.repaired).toBe(0);
    expect(first.findings.map(({ key }) => key)).toEqual(
      expect.arrayContaining([living, '0'.repeat(24), 'was never put']),
    );
    expect(blobFiles(directory)).toHaveLength(2);
    // Accepted, and only then swept.
    expect((await scrub(hurt, { repair: 'accept-loss' })).findings[0]).toMatchObject({
      kind: 'records-lost',
      repaired: true,
    });
    const dry = await scrub(hurt, { repair: 'none' });
    expect(dry.summary).toMatchObject({ damage: 0, waste: 3, repaired: 0 });
    const last = await scrub(hurt);
    expect(last.summary).toMatchObject({ damage: 0, waste: 3, repaired: 3 });
    expect(hurt.counters.orphansDeleted).toBe(1);
    expect((await scrub(hurt)).findings).toEqual([]);
    expect(blobFiles(directory)).toHaveLength(1);
    expect((await objects.getBucket(BUCKET))?.name).toBe(BUCKET);
  });

  it('an entry of a deletion queue that would have the blob of a living object deleted', async () => {
    const { store, incarnation, directory, blobId } = await filledStore();
    const log = new RecordingLog();
    const hurt = await changed(
      { ...store, directory },
      (metadata) =>
        metadata.commit(incarnation, [], [put(deletionKey(blobId), Buffer.from([1, 2, 3, 4]))]),
      log,
    );
    await hurt.swept();
    expect((await readBody(hurt, 'large'))?.length).toBe(LARGE + 5);
    expect(log.entries.map(({ message }) => message)).toContain(
      'an entry of a deletion queue is damaged: left alone',
    );
    expect((await scrub(hurt)).kinds).toEqual(['damaged-queue-entry']);
    const accepted = await scrub(hurt, { repair: 'accept-loss' });
    expect(accepted.summary).toMatchObject({ findings: 1, repaired: 1 });
    expect((await scrub(hurt)).findings).toEqual([]);
  });

  it('a damaged record that is removed when the loss is accepted, so that the key can be put again', async () => {
    const { store, incarnation, directory } = await filledStore();
    const key = objectRecordKey('key 9');
    const hurt = await changed({ ...store, directory }, (metadata) =>
      metadata.commit(incarnation, [], [put(key, flipped(metadata.get(incarnation, key), 12))]),
    );
    const { findings } = await scrub(hurt, { repair: 'accept-loss' });
    expect(findings.map(({ kind, repaired }) => [kind, repaired])).toEqual([
      ['damaged-record', true],
      ['orphan-body', false],
    ]);
    expect((await scrub(hurt)).kinds).toEqual(['orphan-body']);
    await hurt.objects.putObject(putRequest('key 9', 'again'));
    const { objects } = await hurt.objects.bucketStatistics(BUCKET);
    expect(objects).toBe(31);
    expect((await scrub(hurt)).findings).toEqual([]);
  });
});

describe('the keeping of a digest', () => {
  it('does not outlast a value that is put behind its back', async () => {
    const { store, incarnation, directory } = await filledStore();
    const hurt = await changed({ ...store, directory }, async (metadata) => {
      const sum = decodeCounter(metadata.get(incarnation, DIGEST_KEY));
      await metadata.commit(incarnation, [], [put(DIGEST_KEY, encodeCounter(sum + 1))]);
    });
    expect((await scrub(hurt)).kinds).toEqual(['records-lost']);
  });
});
