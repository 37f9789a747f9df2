import { createHash } from 'node:crypto';
import { OssError, type StorageClass } from '@openoss/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ListObjectsRequest } from './list-objects.js';
import type { Pair } from './object-record.js';
import { type EmbeddedStore, openEmbeddedStore } from './open-embedded-store.js';
import type { SealingCipher } from './sealing/sealing.js';
import {
  blobFiles,
  bucketSpecification,
  pieces,
  plainAttributes,
  readBody,
} from './testing/open-store.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { testSealing } from './testing/test-sealing.js';

/** Small, so that short bodies become blobs as well. */
const INLINE_LIMIT = 100;

interface ModelObject {
  readonly body: Buffer;
  readonly storageClass: StorageClass;
  readonly tags: readonly Pair[];
}

/** The plainest object store: maps in maps. */
type Model = Map<string, Map<string, ModelObject>>;

/** The store under test; reopening replaces it. */
interface Real {
  store: EmbeddedStore;
  readonly directory: string;
}

type Command = fc.AsyncCommand<Model, Real>;

const open = (directory: string): Promise<EmbeddedStore> =>
  openEmbeddedStore({ directory, inlineLimit: INLINE_LIMIT });

function command(text: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => text };
}

/** What an operation did: its value, or the kind of its refusal. Anything else is a failure. */
async function outcomeOf<T>(operation: Promise<T>): Promise<T | string> {
  try {
    return await operation;
  } catch (error) {
    if (error instanceof OssError && error.kind !== undefined) return error.kind;
    throw error;
  }
}

const byBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));
const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex').toUpperCase();

const createBucket = (name: string): Command =>
  command(`createBucket ${name}`, async (model, { store }) => {
    const outcome = await outcomeOf(store.objects.createBucket({ ...bucketSpecification, name }));
    expect(outcome).toMatchObject({ created: !model.has(name) });
    if (!model.has(name)) model.set(name, new Map());
  });

const deleteBucket = (name: string): Command =>
  command(`deleteBucket ${name}`, async (model, { store }) => {
    const objects = model.get(name);
    const outcome = await outcomeOf(store.objects.deleteBucket(name));
    if (objects === undefined) expect(outcome).toBe('NoSuchBucket');
    else expect(outcome).toBe(objects.size > 0 ? 'BucketNotEmpty' : undefined);
    if (outcome === undefined) model.delete(name);
  });

interface Put {
  readonly key: string;
  readonly size: number;
  readonly fill: number;
  readonly storageClass: StorageClass;
  readonly streamed: boolean;
  readonly cipher: SealingCipher | undefined;
  readonly forbidOverwrite: boolean;
}

const putObject = (bucket: string, put: Put): Command =>
  command(`putObject ${bucket} ${fc.stringify(put)}`, async (model, { store }) => {
    const { key, size, fill, storageClass, streamed, cipher, forbidOverwrite } = put;
    const objects = model.get(bucket);
    const body = Buffer.alloc(size, `${fill} `);
    const outcome = await outcomeOf(
      store.objects.putObject({
        bucket,
        key,
        body: streamed ? pieces(body, 90) : body,
        size,
        maxBytes: 1_000_000,
        attributes: { ...plainAttributes, storageClass },
        sealing: cipher === undefined ? undefined : testSealing(cipher),
        admit: (existing) => {
          expect(existing !== undefined).toBe(objects?.has(key));
          if (forbidOverwrite && existing !== undefined) throw new OssError('ObjectExists');
        },
      }),
    );
    if (objects === undefined) expect(outcome).toBe('NoSuchBucket');
    else if (forbidOverwrite && objects.has(key)) expect(outcome).toBe('ObjectExists');
    else {
      expect(outcome).toMatchObject({ record: { key, size, etag: md5(body) } });
      objects.set(key, { body, storageClass, tags: [] });
    }
  });

const deleteObject = (bucket: string, key: string): Command =>
  command(`deleteObject ${bucket} ${key}`, async (model, { store }) => {
    const objects = model.get(bucket);
    const before = objects?.get(key);
    const outcome = await outcomeOf(store.objects.deleteObject(bucket, key));
    if (objects === undefined) expect(outcome).toBe('NoSuchBucket');
    else if (before === undefined) expect(outcome).toBeUndefined();
    else expect(outcome).toMatchObject({ key, etag: md5(before.body) });
    objects?.delete(key);
  });

const updateObject = (
  bucket: string,
  key: string,
  change: Pick<ModelObject, 'tags' | 'storageClass'>,
): Command =>
  command(`updateObject ${bucket} ${key} ${fc.stringify(change)}`, async (model, { store }) => {
    const objects = model.get(bucket);
    const before = objects?.get(key);
    const outcome = await outcomeOf(
      store.objects.updateObject(bucket, key, (record) => ({ ...record, ...change })),
    );
    if (objects === undefined) expect(outcome).toBe('NoSuchBucket');
    else if (before === undefined) expect(outcome).toBe('NoSuchKey');
    else {
      expect(outcome).toMatchObject({ key, etag: md5(before.body), ...change });
      objects.set(key, { ...before, ...change });
    }
  });

const listObjects = (bucket: string, request: ListObjectsRequest): Command =>
  command(`listObjects ${bucket} ${fc.stringify(request)}`, async (model, { store }) => {
    const outcome = await outcomeOf(store.objects.listObjects(bucket, request));
    const objects = model.get(bucket);
    if (objects === undefined || typeof outcome === 'string') {
      expect([objects, outcome]).toEqual([undefined, 'NoSuchBucket']);
      return;
    }
    const { after = '', limit } = request;
    const keys = [...objects.keys()].filter((key) => byBytes(key, after) > 0).sort(byBytes);
    expect(outcome.objects.map(({ key, size, storageClass }) => [key, size, storageClass])).toEqual(
      keys
        .slice(0, limit)
        .map((key) => [key, objects.get(key)?.body.length, objects.get(key)?.storageClass]),
    );
    expect(outcome.truncated).toBe(keys.length > limit);
  });

const reopen: Command = command('reopen', async (_, real) => {
  await real.store.close();
  real.store = await open(real.directory);
});

/** Everything there is, compared; and no file too many. */
async function compareAll(model: Model, { store, directory }: Real): Promise<void> {
  const { buckets } = await store.objects.listBuckets({
    owner: bucketSpecification.owner,
    limit: 99,
  });
  expect(buckets.map(({ name }) => name)).toEqual([...model.keys()].sort(byBytes));
  let blobs = 0;
  for (const [bucket, objects] of model) {
    let bytes = 0;
    for (const [key, { body, storageClass, tags }] of objects) {
      const record = await store.objects.getObject(bucket, key);
      expect(record).toMatchObject({ key, storageClass, tags, size: body.length, etag: md5(body) });
      expect((await readBody(store, key, bucket))?.equals(body)).toBe(true);
      bytes += body.length;
      if (body.length > INLINE_LIMIT) blobs++;
    }
    const statistics = await store.objects.bucketStatistics(bucket);
    expect(statistics).toMatchObject({ objects: objects.size, bytes });
  }
  await store.swept();
  expect(blobFiles(directory)).toHaveLength(blobs);
}

it('behaves like maps in maps, whatever is done to it, also when it is opened again', async () => {
  const bucket = fc.constantFrom('bucket-a', 'bucket-b');
  const key = fc.constantFrom('a', 'a/1', 'a/2', 'b', 'é', '😀');
  const storageClass = fc.constantFrom<StorageClass>('Standard', 'IA', 'ColdArchive');
  const put = fc.record({
    key,
    size: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300 }), fc.constant(200_000)),
    fill: fc.nat(9),
    storageClass,
    streamed: fc.boolean(),
    cipher: fc.constantFrom(undefined, undefined, 'AES256' as const, 'SM4' as const),
    forbidOverwrite: fc.boolean(),
  });
  const change = fc.record({
    tags: fc.array(fc.tuple(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2')), {
      maxLength: 2,
    }),
    storageClass,
  });
  const listing = fc.record({
    after: fc.option(key, { nil: undefined }),
    limit: fc.integer({ min: 1, max: 7 }),
  });
  const commands = fc.commands(
    [
      bucket.map(createBucket),
      bucket.map(deleteBucket),
      fc.tuple(bucket, put).map((args) => putObject(...args)),
      fc.tuple(bucket, put).map((args) => putObject(...args)),
      fc.tuple(bucket, put).map((args) => putObject(...args)),
      fc.tuple(bucket, key).map((args) => deleteObject(...args)),
      fc.tuple(bucket, key, change).map((args) => updateObject(...args)),
      fc.tuple(bucket, listing).map((args) => listObjects(...args)),
      fc.constant(reopen),
    ],
    { maxCommands: 60, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const directory = await temporaryDirectory();
      const real: Real = { directory, store: await open(directory) };
      const model: Model = new Map();
      try {
        await createBucket('bucket-a').run(model, real);
        await fc.asyncModelRun(() => ({ model, real }), sequence);
        await compareAll(model, real);
        await reopen.run(model, real);
        await compareAll(model, real);
      } finally {
        await real.store.close();
      }
    }),
    { numRuns: 25 },
  );
});
