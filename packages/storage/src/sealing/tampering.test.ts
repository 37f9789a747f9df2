/**
 * Whoever can write to the disk and has no key: every checksum that takes none is made good again, and
 * still nothing is given that was not put under that key.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inlineBodyKey, objectRecordKey } from '../bucket-partition.js';
import { decodeBucketRecord, encodeBucketRecord } from '../bucket-record.js';
import { bucketNameKey, REGISTRY } from '../bucket-registry.js';
import { BLOB_BLOCK_BYTES, CorruptBlob } from '../engine/blob-engine.js';
import { CorruptRecord } from '../engine/corrupt-record.js';
import { put } from '../engine/metadata-engine.js';
import {
  BLOB_HEADER_BYTES,
  blobHeader,
  blobTrailer,
  blobTrailerBytes,
} from '../engines/embedded/blob-file.js';
import { blobPath } from '../engines/embedded/file-blobs.js';
import type { LmdbMetadata } from '../engines/embedded/lmdb-metadata.js';
import type { ObjectRecord } from '../object-record.js';
import { decodeObjectRecord, encodeObjectRecord } from '../object-record-codec.js';
import {
  BUCKET,
  bucketSpecification,
  openStore,
  putRequest,
  RecordingLog,
  readBody,
} from '../testing/open-store.js';
import { changed } from '../testing/scrubbed-store.js';
import { testSealing } from '../testing/test-sealing.js';

const SMALL = 1000;
const LARGE = 300_000;
const OTHER_BUCKET = 'otherbucket';

/** Two objects of each size, and one of each in another bucket; with one data key, as copies may have it. */
async function targets(cipher: 'AES256' | 'SM4' = 'AES256') {
  const store = await openStore();
  const sealing = testSealing(cipher);
  await store.objects.createBucket({ ...bucketSpecification, name: OTHER_BUCKET });
  for (const [bucket, key, size] of [
    [BUCKET, 'small one', SMALL],
    [BUCKET, 'small two', SMALL],
    [BUCKET, 'large one', LARGE],
    [BUCKET, 'large two', LARGE],
    [BUCKET, 'even one', 2 * BLOB_BLOCK_BYTES],
    [OTHER_BUCKET, 'small one', SMALL],
    [OTHER_BUCKET, 'large one', LARGE],
  ] as const) {
    await store.objects.putObject(putRequest(key, randomBytes(size), { bucket, sealing }));
  }
  const incarnationOf = async (bucket: string): Promise<string> =>
    (await store.objects.getBucket(bucket))?.incarnation ?? '';
  return {
    store,
    sealing,
    incarnation: await incarnationOf(BUCKET),
    other: await incarnationOf(OTHER_BUCKET),
  };
}

type Targets = Awaited<ReturnType<typeof targets>>;

/** What stands in a closed store. */
class Disk {
  readonly #metadata: LmdbMetadata;
  readonly #directory: string;

  constructor(metadata: LmdbMetadata, directory: string) {
    this.#metadata = metadata;
    this.#directory = directory;
  }

  record(incarnation: string, key: string): ObjectRecord {
    const recordKey = objectRecordKey(key);
    const stored = this.#metadata.get(incarnation, recordKey);
    if (stored === undefined) throw new Error(`There is no ${key}`);
    return decodeObjectRecord(recordKey, key, stored);
  }

  /** Puts a record in another's place, with the checksum that it has there. */
  async write(incarnation: string, key: string, record: Partial<ObjectRecord>): Promise<void> {
    const recordKey = objectRecordKey(key);
    const changedRecord = { ...this.record(incarnation, key), ...record };
    const value = encodeObjectRecord(recordKey, changedRecord);
    await this.#metadata.commit(incarnation, [], [put(recordKey, value)]);
  }

  inline(incarnation: string, key: string): Buffer {
    const { body } = this.record(incarnation, key);
    const bytes = body.kind === 'inline' && this.#metadata.get(incarnation, inlineBodyKey(body.id));
    if (!Buffer.isBuffer(bytes)) throw new Error(`${key} has no small body`);
    return bytes;
  }

  /** Puts other bytes in the place of a small body, and their CRC-32 into its record. */
  async writeInline(incarnation: string, key: string, bytes: Buffer): Promise<void> {
    const { body } = this.record(incarnation, key);
    if (body.kind !== 'inline') throw new Error(`${key} has no small body`);
    await this.write(incarnation, key, { body: { ...body, crc32: crc32(bytes) } });
    await this.#metadata.commit(incarnation, [], [put(inlineBodyKey(body.id), bytes)]);
  }

  blob(incarnation: string, key: string): Buffer {
    const file = readFileSync(this.#pathOf(this.#idOf(incarnation, key)));
    const size = Number(file.readBigUInt64BE(file.length - 24));
    expect(file.length).toBe(BLOB_HEADER_BYTES + size + blobTrailerBytes(size));
    return file.subarray(BLOB_HEADER_BYTES, BLOB_HEADER_BYTES + size);
  }

  /** Writes the blob of an object anew, with other bytes and with the checksums that these have. */
  writeBlob(incarnation: string, key: string, bytes: Buffer): void {
    const id = this.#idOf(incarnation, key);
    const header = blobHeader(id, { bucket: incarnation, key });
    const checksums: number[] = [];
    for (let at = 0; at < bytes.length; at += BLOB_BLOCK_BYTES) {
      checksums.push(crc32(bytes.subarray(at, at + BLOB_BLOCK_BYTES)));
    }
    const trailer = blobTrailer(crc32(header), bytes.length, checksums);
    writeFileSync(this.#pathOf(id), Buffer.concat([header, bytes, trailer]));
  }

  /** Has the name of one bucket lead to the objects of another. */
  async redirect(name: string, to: string): Promise<void> {
    const bucketOf = (bucket: string) => {
      const key = bucketNameKey(bucket);
      return decodeBucketRecord(key, this.#metadata.get(REGISTRY, key) ?? Buffer.alloc(0));
    };
    const { incarnation, epoch } = bucketOf(to);
    const value = encodeBucketRecord(bucketNameKey(name), {
      ...bucketOf(name),
      incarnation,
      epoch,
    });
    await this.#metadata.commit(REGISTRY, [], [put(bucketNameKey(name), value)]);
  }

  #idOf(incarnation: string, key: string): string {
    const { body } = this.record(incarnation, key);
    if (body.kind !== 'blob') throw new Error(`${key} has no blob`);
    return body.id;
  }

  #pathOf(id: string): string {
    return blobPath(join(this.#directory, 'blobs'), id);
  }
}

/** A store in which something was done behind its back, and what it logs from then on. */
async function tampered({ store }: Targets, tamper: (disk: Disk) => unknown) {
  const log = new RecordingLog();
  const reopened = await changed(
    store,
    async (metadata) => tamper(new Disk(metadata, store.directory)),
    log,
  );
  return { store: reopened, log };
}

const ONE = 'one';
const TWO = 'two';

describe('an encrypted object', () => {
  it('can be read when nothing was done, and the checksums are what they must be', async () => {
    const made = await targets();
    const { incarnation } = made;
    const { store } = await tampered(made, async (disk) => {
      await disk.write(incarnation, `small ${ONE}`, {});
      await disk.writeInline(incarnation, `small ${ONE}`, disk.inline(incarnation, `small ${ONE}`));
      disk.writeBlob(
        incarnation,
        `large ${ONE}`,
        Buffer.from(disk.blob(incarnation, `large ${ONE}`)),
      );
    });
    expect((await readBody(store, `small ${ONE}`))?.length).toBe(SMALL);
    expect((await readBody(store, `large ${ONE}`))?.length).toBe(LARGE);
  });

  /** What is done to the first object's record. */
  const records: [
    string,
    'small' | 'large' | 'even',
    (disk: Disk, made: Targets) => Partial<ObjectRecord>,
  ][] = [
    [
      'the record of another key',
      'small',
      (disk, { incarnation }) => disk.record(incarnation, `small ${TWO}`),
    ],
    [
      'the record of another key',
      'large',
      (disk, { incarnation }) => disk.record(incarnation, `large ${TWO}`),
    ],
    [
      'the record of the same key in another bucket',
      'small',
      (disk, { other }) => disk.record(other, `small ${ONE}`),
    ],
    [
      'the body of another key',
      'small',
      (disk, { incarnation }) => {
        const { body } = disk.record(incarnation, `small ${TWO}`);
        return { body };
      },
    ],
    [
      'the body of another key',
      'large',
      (disk, { incarnation }) => {
        const { body } = disk.record(incarnation, `large ${TWO}`);
        return { body };
      },
    ],
    ['no body', 'small', () => ({ body: { kind: 'empty' }, size: 0 })],
    ['another ETag', 'small', () => ({ etag: 'D41D8CD98F00B204E9800998ECF8427E' })],
    ['another CRC-64', 'small', () => ({ crc64: 1n })],
    [
      'another envelope',
      'small',
      (disk, { incarnation }) => {
        const { sealing } = disk.record(incarnation, `small ${ONE}`);
        return sealing === undefined
          ? {}
          : { sealing: { ...sealing, envelope: Buffer.from('another') } };
      },
    ],
    [
      'the seal of another key',
      'large',
      (disk, { incarnation }) => {
        const { sealing } = disk.record(incarnation, `large ${TWO}`);
        return { sealing };
      },
    ],
    [
      'another cipher',
      'small',
      (disk, { incarnation }) => {
        const { sealing } = disk.record(incarnation, `small ${ONE}`);
        return sealing === undefined ? {} : { sealing: { ...sealing, cipher: 'SM4' } };
      },
    ],
  ];

  it.each(records)('is not given with %s (%s)', async (_, kind, change) => {
    const made = await targets();
    const { store, log } = await tampered(made, async (disk) => {
      await disk.write(made.incarnation, `${kind} ${ONE}`, {
        ...change(disk, made),
        key: `${kind} ${ONE}`,
      });
    });
    await expect(readBody(store, `${kind} ${ONE}`)).rejects.toThrow(CorruptRecord);
    expect(store.counters.corruptRecords).toBe(1);
    expect(log.entries.at(-1)).toMatchObject({ level: 'error', message: 'a record is damaged' });
  });

  it('is not given with another envelope that holds the same data key', async () => {
    const made = await targets();
    const { dataKey } = made.sealing;
    const { store } = await tampered(made, async (disk) => {
      const { sealing } = disk.record(made.incarnation, `small ${ONE}`);
      if (sealing === undefined) throw new Error('it is encrypted');
      const envelope = Buffer.concat([sealing.envelope, Buffer.from(' and more')]);
      await disk.write(made.incarnation, `small ${ONE}`, { sealing: { ...sealing, envelope } });
      const { sealing: ofLarge } = disk.record(made.incarnation, `large ${ONE}`);
      if (ofLarge === undefined) throw new Error('it is encrypted');
      await disk.write(made.incarnation, `large ${ONE}`, {
        sealing: { ...ofLarge, envelope: Buffer.alloc(ofLarge.envelope.length, 'x') },
      });
    });
    for (const key of [`small ${ONE}`, `large ${ONE}`]) {
      const opening = store.objects.openObject(BUCKET, key, undefined, () => dataKey);
      await expect(opening).rejects.toThrow(CorruptRecord);
    }
    // With the envelope as it was, that key opens it.
    const other = await store.objects.openObject(BUCKET, `small ${TWO}`, undefined, () => dataKey);
    expect(other?.inline).toHaveLength(SMALL);
  });

  it('is not given under the name of another bucket', async () => {
    const made = await targets();
    const { store } = await tampered(made, (disk) => disk.redirect(BUCKET, OTHER_BUCKET));
    for (const key of [`small ${ONE}`, `large ${ONE}`]) {
      await expect(readBody(store, key)).rejects.toThrow(CorruptRecord);
      expect((await readBody(store, key, OTHER_BUCKET))?.length).toBeGreaterThan(0);
    }
  });
});

describe.each(['AES256', 'SM4'] as const)('a body encrypted with %s', (cipher) => {
  const tag = cipher === 'AES256' ? 16 : 32;
  const block = (bytes: Buffer, at: number): Buffer =>
    bytes.subarray(at * BLOB_BLOCK_BYTES, (at + 1) * BLOB_BLOCK_BYTES);
  const flipped = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };

  it('that is small is given only as it was put', async () => {
    const made = await targets(cipher);
    const { incarnation } = made;
    const key = `small ${ONE}`;
    const { store } = await tampered(made, (disk) =>
      disk.writeInline(incarnation, key, flipped(disk.inline(incarnation, key), 500)),
    );
    await expect(readBody(store, key)).rejects.toThrow(/it is not what was sealed/);
    const { store: again } = await tampered({ ...made, store }, (disk) =>
      // That of another object, under the same data key.
      disk.writeInline(incarnation, key, disk.inline(incarnation, `small ${TWO}`)),
    );
    await expect(readBody(again, key)).rejects.toThrow(/it is not what was sealed/);
    expect(again.counters.corruptRecords).toBe(1);
  });

  const blobs: [string, (own: Buffer, other: Buffer) => Buffer[]][] = [
    ['with a bit flipped', (own) => [flipped(own, 200_000)]],
    ['with a bit of a tag flipped', (own) => [flipped(own, BLOB_BLOCK_BYTES - 1)]],
    [
      'with two chunks exchanged',
      (own) => [block(own, 1), block(own, 0), own.subarray(2 * BLOB_BLOCK_BYTES)],
    ],
    [
      'with a chunk in the place of another',
      (own) => [block(own, 0), block(own, 0), own.subarray(2 * BLOB_BLOCK_BYTES)],
    ],
    [
      'with the same chunk of another body',
      (own, other) => [block(other, 0), own.subarray(BLOB_BLOCK_BYTES)],
    ],
    ['with the whole of another body', (_, other) => [other]],
  ];

  it.each(blobs)('that is large is not given %s', async (_, change) => {
    const made = await targets(cipher);
    const { incarnation } = made;
    const key = `large ${ONE}`;
    const { store, log } = await tampered(made, (disk) => {
      const other = disk.blob(incarnation, `large ${TWO}`);
      const bytes = Buffer.concat(change(disk.blob(incarnation, key), other));
      disk.writeBlob(incarnation, key, bytes);
    });
    const reading = readBody(store, key);
    await expect(reading).rejects.toThrow(CorruptBlob);
    // The checksums are right: what is wrong is told from rot.
    await expect(reading).rejects.toThrow(/chunk \d is not what was sealed/);
    expect(store.counters.corruptBlobs).toBe(1);
    expect(log.entries.at(-1)).toMatchObject({ level: 'error', message: 'a blob is damaged' });
  });

  it('that is large is not given without its end, whatever its record says', async () => {
    const made = await targets(cipher);
    const { incarnation } = made;
    const key = `even ${ONE}`;
    const size = BLOB_BLOCK_BYTES - tag;
    const { store } = await tampered(made, async (disk) => {
      disk.writeBlob(incarnation, key, Buffer.from(block(disk.blob(incarnation, key), 0)));
    });
    await expect(readBody(store, key)).rejects.toThrow(/another size/);
    const { store: again } = await tampered({ ...made, store }, (disk) =>
      disk.write(incarnation, key, { size }),
    );
    await expect(readBody(again, key)).rejects.toThrow(CorruptRecord);
  });
});
