import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIGEST_KEY, OBJECT_RANGE } from './bucket-partition.js';
import { checkedValue } from './checked-value.js';
import { decodeCounter, WRAP, wrapped } from './engine/counter-value.js';
import { FailStop } from './engine/fail-stop.js';
import type { MetadataEngine } from './engine/metadata-engine.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import { digestOf, TALLY_COUNT_KEY, TALLY_DIGEST_KEY } from './record-digest.js';
import { BUCKET, bucketSpecification, openStore, putRequest } from './testing/open-store.js';

const PAGE = 1000;

/** A partition's count and digest as they are kept, and as its values have them. */
async function tallyOf(
  metadata: MetadataEngine,
  partition: string,
  [from, to]: readonly [Buffer, Buffer | undefined],
  digestKey: Buffer,
) {
  const entries = await metadata.scan(partition, { from, to, limit: PAGE });
  const counted = entries.reduce((sum, { value }) => wrapped(sum + digestOf(value)), 0);
  const kept = decodeCounter(await metadata.get(partition, digestKey));
  return { count: entries.length, counted, kept };
}

async function withMetadata<T>(
  directory: string,
  look: (metadata: MetadataEngine) => Promise<T>,
): Promise<T> {
  const metadata = new LmdbMetadata(`${directory}/metadata.mdb`, new FailStop(() => {}));
  try {
    return await look(metadata);
  } finally {
    await metadata.close();
  }
}

describe('the digest of values', () => {
  it('is a number below the modulus that every bit of a value changes', () => {
    const value = checkedValue(Buffer.from('key'), Buffer.alloc(60, 'content'));
    const seen = new Set([digestOf(value)]);
    for (let bit = 0; bit < 60 * 8; bit++) {
      const content = Buffer.alloc(60, 'content');
      content[bit >> 3] = (content[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const digest = digestOf(checkedValue(Buffer.from('key'), content));
      expect(digest >= 0 && digest < WRAP && Number.isInteger(digest)).toBe(true);
      seen.add(digest);
    }
    expect(seen.size).toBe(60 * 8 + 1);
  });

  it('does not cancel out where the checksums do', () => {
    // CRC-32 is linear: of numbered keys with like values, the checksums of four make 0 in XOR.
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(0xff), (base, step) => {
        const numbers = [base, base ^ (step + 1), base ^ 0x10000, base ^ (step + 1) ^ 0x10000];
        const values = numbers.map((number) => {
          const content = Buffer.alloc(30);
          content.writeUInt32BE(number, 8);
          return checkedValue(Buffer.from('key'), content);
        });
        const crcs = values.map((value) => value.readInt32BE(30));
        expect(crcs.reduce((sum, crc) => sum ^ crc, 0)).toBe(0);
        const [a = 0, b = 0, c = 0, d = 0] = values.map(digestOf);
        expect(wrapped(a + d - b - c)).not.toBe(0);
        expect(wrapped(a + b + c + d)).not.toBe(0);
      }),
    );
  });
});

describe('a bucket', () => {
  it('keeps the digest of its records in the commits that change them', async () => {
    const store = await openStore();
    const { objects } = store;
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        objects.putObject(putRequest(`key ${i % 23}`, Buffer.alloc(i * 10))),
      ),
    );
    await objects.deleteObject(BUCKET, 'key 3');
    await objects.deleteObject(BUCKET, 'never there');
    await objects.updateObject(BUCKET, 'key 4', (record) => ({ ...record, tags: [['a', 'b']] }));
    await expect(
      objects.putObject(
        putRequest('key 5', 'x', {
          admit: () => {
            throw new Error('refused');
          },
        }),
      ),
    ).rejects.toThrow('refused');
    const incarnation = (await objects.getBucket(BUCKET))?.incarnation ?? '';
    await store.close();
    await withMetadata(store.directory, async (metadata) => {
      const { from, to } = OBJECT_RANGE;
      const tally = await tallyOf(metadata, incarnation, [from, to], DIGEST_KEY);
      expect(tally).toMatchObject({ count: 22, counted: tally.kept });
      expect(tally.kept).toBeGreaterThan(0);
    });
  });

  it('that is emptied has the digest of nothing', async () => {
    const store = await openStore();
    for (const key of ['a', 'b', 'a']) await store.objects.putObject(putRequest(key, 'x'));
    for (const key of ['a', 'b']) await store.objects.deleteObject(BUCKET, key);
    const incarnation = (await store.objects.getBucket(BUCKET))?.incarnation ?? '';
    await store.close();
    await withMetadata(store.directory, async (metadata) => {
      expect(decodeCounter(await metadata.get(incarnation, DIGEST_KEY))).toBe(0);
    });
  });
});

describe('the other partitions', () => {
  it('keep the count and the digest of their values', async () => {
    const store = await openStore();
    const { objects } = store;
    const create = (name: string) => objects.createBucket({ ...bucketSpecification, name });
    await Promise.all(['bucket-a', 'bucket-b', 'bucket-c'].map(create));
    await create('bucket-a');
    await objects.updateBucket('bucket-b', (record) => ({ ...record, acl: 'public-read' }));
    await objects.deleteBucket('bucket-c');
    await store.swept();
    const room = store.room('directory');
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        store.room('directory').put(`key ${i % 7}`, Buffer.from(`value ${i}`)),
      ),
    );
    await room.commit([], [{ put: 'twice', value: Buffer.of(1) }, { delete: 'twice' }]);
    await room.commit([{ absent: 'key 1' }], [{ delete: 'key 2' }]);
    await room.delete('key 3');
    await room.delete('never there');
    await store.close();
    await withMetadata(store.directory, async (metadata) => {
      for (const [partition, from, to, count] of [
        ['room:directory', 'k', 'l', 6],
        ['buckets', 'n', 'o', 3],
      ] as const) {
        const range = [Buffer.from(from), Buffer.from(to)] as const;
        const tally = await tallyOf(metadata, partition, range, TALLY_DIGEST_KEY);
        expect(tally).toMatchObject({ count, counted: tally.kept });
        expect(decodeCounter(await metadata.get(partition, TALLY_COUNT_KEY))).toBe(count);
      }
    });
  });
});
