import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { objectRecordKey } from './bucket-partition.js';
import { FailStop } from './engine/fail-stop.js';
import { type MetadataEngine, put } from './engine/metadata-engine.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import { type ListedObjects, type ListObjectsRequest, listObjects } from './list-objects.js';
import type { ObjectStore } from './object-store.js';
import type { EmbeddedStore } from './open-embedded-store.js';
import { BUCKET, bucketSpecification, openStore, putRequest } from './testing/open-store.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

/** Fills a bucket of its own with empty objects. */
async function fill(store: EmbeddedStore, bucket: string, keys: Iterable<string>): Promise<void> {
  await store.objects.createBucket({ ...bucketSpecification, name: bucket });
  await Promise.all(
    [...keys].map((key) => store.objects.putObject(putRequest(key, '', { bucket }))),
  );
}

const byBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

/** The rule at its plainest: every element there is, and the page cut out of them. */
function naiveListing(
  keys: readonly string[],
  { prefix = '', delimiter = '', after, limit }: ListObjectsRequest,
): { keys: string[]; commonPrefixes: string[]; truncated: boolean; last: string | undefined } {
  const elements = new Map<string, boolean>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (at < 0) elements.set(key, false);
    else elements.set(key.slice(0, at + delimiter.length), true);
  }
  const behind = [...elements.keys()]
    .sort(byBytes)
    .filter((element) => after === undefined || byBytes(element, after) > 0);
  const page = behind.slice(0, limit);
  return {
    keys: page.filter((element) => elements.get(element) === false),
    commonPrefixes: page.filter((element) => elements.get(element) === true),
    truncated: behind.length > limit,
    last: page.at(-1),
  };
}

const namesOf = ({ objects, ...rest }: ListedObjects) => ({
  keys: objects.map(({ key }) => key),
  ...rest,
});

async function everyPage(
  objects: ObjectStore,
  bucket: string,
  request: ListObjectsRequest,
): Promise<{ keys: string[]; commonPrefixes: string[]; pages: number }> {
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let after: string | undefined;
  for (let pages = 1; ; pages++) {
    const page: ListedObjects = await objects.listObjects(bucket, { ...request, after });
    keys.push(...page.objects.map(({ key }) => key));
    commonPrefixes.push(...page.commonPrefixes);
    if (!page.truncated) return { keys, commonPrefixes, pages };
    after = page.last;
  }
}

describe('listObjects', () => {
  it('agrees with the plain rule for any keys, prefix, delimiter, marker and limit', async () => {
    const store = await openStore();
    // Few letters, so that keys share prefixes; characters whose UTF-8 and UTF-16 orders differ.
    const letter = fc.constantFrom('a', 'b', '/', '/', '-', 'é', '\uffff', '😀', '\x7f', '!');
    const text = (maxLength: number) =>
      fc.array(letter, { maxLength }).map((parts) => parts.join(''));
    const key = text(7).filter((name) => name !== '');
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 40 }),
        fc.array(
          fc.record({
            prefix: text(3),
            delimiter: fc.oneof(fc.constantFrom('', '/', '//', 'a/', '😀'), text(2)),
            after: fc.option(fc.oneof(key, text(3)), { nil: undefined }),
            limit: fc.integer({ min: 1, max: 12 }),
          }),
          { minLength: 8, maxLength: 8 },
        ),
        async (keys, requests) => {
          const bucket = `bucket-${number++}`;
          await fill(store, bucket, keys);
          for (const request of requests) {
            const listed = await store.objects.listObjects(bucket, request);
            expect(namesOf(listed)).toEqual(naiveListing(keys, request));
            const all = { ...request, after: undefined };
            const chained = await everyPage(store.objects, bucket, all);
            const whole = naiveListing(keys, { ...all, limit: 1000 });
            expect(chained).toMatchObject({
              keys: whole.keys,
              commonPrefixes: whole.commonPrefixes,
            });
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('passes over a common prefix that the marker is, or lies in, and shows one behind it', async () => {
    const store = await openStore();
    await fill(store, 'markers', ['a/1', 'a/2', 'a0', 'b/1']);
    const prefixesAfter = async (after: string): Promise<readonly string[]> =>
      (await store.objects.listObjects('markers', { delimiter: '/', after, limit: 10 }))
        .commonPrefixes;
    expect(await prefixesAfter('a')).toEqual(['a/', 'b/']);
    expect(await prefixesAfter('a/')).toEqual(['b/']);
    expect(await prefixesAfter('a/1')).toEqual(['b/']);
    expect(await prefixesAfter('a/zzz')).toEqual(['b/']);
    expect(await prefixesAfter('b')).toEqual(['b/']);
    expect(await prefixesAfter('c')).toEqual([]);
  });

  it('tells of an object what its record says', async () => {
    const store = await openStore();
    const { record } = await store.objects.putObject(putRequest('key', 'hi oss'));
    const { objects } = await store.objects.listObjects(BUCKET, { limit: 1 });
    const { key, type, size, etag, lastModified, storageClass, owner } = record;
    expect(objects).toEqual([{ key, type, size, etag, lastModified, storageClass, owner }]);
  });

  it('lists a large bucket whole, page by page', async () => {
    const store = await openStore();
    const directories = 120;
    const keys: string[] = [];
    for (let d = 0; d < directories; d++) {
      const files = d % 3 === 0 ? 60 : 1;
      for (let f = 0; f < files; f++) keys.push(`dir-${String(d).padStart(4, '0')}/file-${f}`);
    }
    for (let i = 0; i < 500; i++) keys.push(`top-${i}`);
    await fill(store, 'large', keys);
    const flat = await everyPage(store.objects, 'large', { limit: 1000 });
    expect(flat.keys).toEqual([...keys].sort(byBytes));
    expect(flat.pages).toBe(Math.ceil(keys.length / 1000));
    const grouped = await everyPage(store.objects, 'large', { delimiter: '/', limit: 100 });
    expect(grouped.commonPrefixes).toHaveLength(directories);
    expect(grouped.keys).toHaveLength(500);
  });

  it('seeks past a common prefix instead of walking over its keys', async () => {
    const path = join(await temporaryDirectory(), 'metadata.mdb');
    const metadata = new LmdbMetadata(path, new FailStop(() => {}));
    onTestFinished(() => metadata.close());
    for (let d = 0; d < 20; d++) {
      const keys = Array.from({ length: 1000 }, (_, i) => objectRecordKey(`d${d}/${i}`));
      // Never decoded: no key of them is listed.
      await metadata.commit(
        'inc',
        [],
        keys.map((key) => put(key, Buffer.from('x'))),
      );
    }
    let read = 0;
    const counting: MetadataEngine = {
      get: (partition, key) => metadata.get(partition, key),
      commit: (partition, conditions, changes) => metadata.commit(partition, conditions, changes),
      close: () => metadata.close(),
      snapshot: () => {
        throw new Error('nobody asks for one');
      },
      scan: (partition, range) => {
        const entries = metadata.scan(partition, range);
        read += entries.length;
        return entries;
      },
    };
    const listed = await listObjects(counting, 'inc', { delimiter: '/', limit: 1000 });
    expect(listed.commonPrefixes).toHaveLength(20);
    // Of 20,000 keys.
    expect(read).toBeLessThan(500);
  });

  it('lets others have their turn while it is at work', async () => {
    // An engine so slow that each scan takes longer than a listing may keep the event loop.
    const entries = Array.from({ length: 5 }, (_, i) => ({
      key: objectRecordKey(`d${i}/`),
      value: Buffer.alloc(0),
    }));
    const slow: MetadataEngine = {
      get: () => undefined,
      commit: async () => 'committed',
      close: async () => {},
      snapshot: () => {
        throw new Error('nobody asks for one');
      },
      scan: (_, { from, limit }) => {
        const until = performance.now() + 12;
        while (performance.now() < until);
        const rest = entries.filter(({ key }) => from === undefined || key.compare(from) >= 0);
        return rest.flatMap((entry) => Array(16).fill(entry)).slice(0, limit);
      },
    };
    let turns = 0;
    const ticking = setInterval(() => turns++, 0);
    await listObjects(slow, 'inc', { delimiter: '/', limit: 1000 });
    clearInterval(ticking);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('of a bucket that is not there is NoSuchBucket', async () => {
    const store = await openStore();
    await expect(store.objects.listObjects('nowhere', { limit: 1 })).rejects.toMatchObject({
      kind: 'NoSuchBucket',
    });
  });
});
