import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { objectRecordKey } from './bucket-partition.js';
import { writeChecksum } from './checked-value.js';
import { FailStop } from './engine/fail-stop.js';
import { put, remove } from './engine/metadata-engine.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import { openEmbeddedStore } from './open-embedded-store.js';
import { BUCKET, blobFiles, drain, openStore, putRequest } from './testing/open-store.js';

/** The values under some keys of a closed store, changed. */
async function rewrite(
  directory: string,
  partition: string,
  key: Buffer,
  change: (value: Buffer) => void,
): Promise<void> {
  const metadata = new LmdbMetadata(join(directory, 'metadata.mdb'), new FailStop(() => {}));
  const value = metadata.get(partition, key) ?? Buffer.alloc(0);
  change(value);
  await metadata.commit(partition, [], [put(key, value)]);
  await metadata.close();
}

/** A closed store with a small and a large object, and the bucket's incarnation. */
async function closedStore() {
  const store = await openStore();
  await store.objects.putObject(putRequest('large', randomBytes(100_000)));
  await store.objects.putObject(putRequest('small', 'small'));
  const incarnation = (await store.objects.getBucket(BUCKET))?.incarnation ?? '';
  await store.close();
  return { directory: store.directory, incarnation };
}

describe('what a newer version wrote', () => {
  it('as a whole directory is refused before anything is made in it, even a lock', async () => {
    const { directory } = await closedStore();
    writeFileSync(join(directory, 'format'), 'OpenOSS data directory\nformat 2\n');
    const look = () =>
      readdirSync(directory).map((name) => `${name} ${statSync(join(directory, name)).mtimeMs}`);
    const before = look();
    await expect(openEmbeddedStore({ directory })).rejects.toThrow(
      /was written by a newer OpenOSS \(format 2; this version knows 1\)/,
    );
    expect(look()).toEqual(before);
  });

  it('as metadata is refused', async () => {
    const { directory } = await closedStore();
    await rewrite(directory, 'store', Buffer.from('created'), (value) => value.writeUInt8(2));
    await expect(openEmbeddedStore({ directory })).rejects.toThrow(
      /its metadata is of version 02, which a newer OpenOSS wrote \(this version knows 01\)/,
    );
  });

  it('as a record is neither read nor replaced nor deleted', async () => {
    const { directory, incarnation } = await closedStore();
    const key = objectRecordKey('small');
    await rewrite(directory, incarnation, key, (value) => {
      value[0] = 3;
      writeChecksum(key, value);
    });
    const { objects } = await openStore({ directory });
    const refusal = /unknown format 3 \(this version knows 2\)/;
    await expect(objects.getObject(BUCKET, 'small')).rejects.toThrow(refusal);
    await expect(objects.putObject(putRequest('small', 'new'))).rejects.toThrow(refusal);
    await expect(objects.deleteObject(BUCKET, 'small')).rejects.toThrow(refusal);
  });

  it('as a bucket is refused when it is asked for', async () => {
    const { directory } = await closedStore();
    const key = Buffer.from(`n${BUCKET}`);
    await rewrite(directory, 'buckets', key, (value) => {
      value[0] = 4;
      writeChecksum(key, value);
    });
    const { objects } = await openStore({ directory });
    await expect(objects.getObject(BUCKET, 'small')).rejects.toThrow(
      /unknown format 4 \(this version knows 3\)/,
    );
  });

  it('as a blob is not read, and not swept away as an orphan either', async () => {
    const { directory, incarnation } = await closedStore();
    const [blob = ''] = blobFiles(directory);
    const file = join(directory, 'blobs', blob);
    const bytes = readFileSync(file);
    const header = bytes.subarray(0, 4096);
    header.writeUInt16BE(2, 8);
    header.writeUInt32BE(0, 16);
    header.writeUInt32BE(crc32(header), 16);
    writeFileSync(file, bytes);
    const store = await openStore({ directory });
    const opened = store.objects
      .openObject(BUCKET, 'large')
      .then((object) => object && drain(object));
    await expect(opened).rejects.toThrow(/unknown format 2 \(this version knows 1\)/);
    await store.close();
    // Now no record names it, and its session has ended.
    const metadata = new LmdbMetadata(join(directory, 'metadata.mdb'), new FailStop(() => {}));
    await metadata.commit(incarnation, [], [remove(objectRecordKey('large'))]);
    await metadata.close();
    const again = await openStore({ directory });
    await again.swept();
    expect(blobFiles(directory)).toEqual([blob]);
    expect(again.counters.orphansDeleted).toBe(0);
  });
});
