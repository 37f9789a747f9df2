import { OssError } from '@openoss/protocol';
import {
  DIGEST_KEY,
  EPOCH_KEY,
  epochValue,
  OBJECT_COUNT_KEY,
  OBJECT_RANGE,
} from './bucket-partition.js';
import {
  asStored,
  type BucketRecord,
  type BucketSpecification,
  decodeBucketRecord,
  encodeBucketRecord,
} from './bucket-record.js';
import type { Buckets, ListBucketsRequest, ListedBuckets } from './buckets.js';
import { checkedContent, checkedValue } from './checked-value.js';
import { encodeCounter } from './engine/counter-value.js';
import { keySuccessor, prefixSuccessor } from './engine/key-successor.js';
import {
  type Awaitable,
  absent,
  type Change,
  type Condition,
  type Entry,
  equals,
  type MetadataEngine,
  put,
  remove,
  removeRange,
} from './engine/metadata-engine.js';
import type { IdSequence } from './id-sequence.js';
import { KeyQueue } from './key-queue.js';
import type { MeantBucket } from './object-store.js';
import { tallied } from './record-digest.js';

/**
 * The partition that names the buckets:
 *
 *     n<name>                 bucket records
 *     o<owner>\0<name>        nothing; the buckets of an account
 *     u<incarnation>          a name: a bucket's partition that is coming or going
 *     c, x                    how many records and unsettled entries there are, and their digest
 */
export const REGISTRY = 'buckets';
const NAME = 'n';
const OWNER = 'o';
const UNSETTLED = 'u';

export const BUCKET_NAMES = rangeOf(NAME);
export const BUCKET_OWNERS = rangeOf(OWNER);
export const UNSETTLED_BUCKETS = rangeOf(UNSETTLED);

const SCAN_LIMIT = 1000;
const NOTHING = Buffer.alloc(0);

/**
 * The buckets: their records, and the coming and going of their partitions.
 *
 * A record and a partition cannot change in one commit. So before either is touched, the partition
 * is entered as unsettled; whatever a crash leaves between the two is decided by one rule: a
 * partition belongs to a bucket if the registry names its incarnation and its epoch is there; what
 * of it is left otherwise is taken down. `settle` applies it at the start.
 *
 * Records are kept in memory: this process is the only writer.
 */
export class BucketRegistry implements Buckets {
  readonly #metadata: MetadataEngine;
  readonly #ids: IdSequence;
  readonly #clock: () => number;
  readonly #queue = new KeyQueue();
  readonly #known = new Map<string, BucketRecord>();
  /** Counts changes, so that a read that was overtaken by one is not remembered. */
  #changes = 0;

  constructor(metadata: MetadataEngine, ids: IdSequence, clock: () => number) {
    this.#metadata = metadata;
    this.#ids = ids;
    this.#clock = clock;
  }

  get(name: string): Awaitable<BucketRecord | undefined> {
    return this.#known.get(name) ?? this.#read(name);
  }

  async require(name: string): Promise<BucketRecord> {
    const record = this.#known.get(name) ?? (await this.#read(name));
    if (record === undefined) throw noSuchBucket(name);
    return record;
  }

  create(
    specification: BucketSpecification,
  ): Promise<{ readonly record: BucketRecord; readonly created: boolean }> {
    const { name, owner } = specification;
    return this.#queue.run(name, async () => {
      const existing = await this.#read(name);
      if (existing !== undefined) {
        if (existing.owner === owner) return { record: existing, created: false };
        throw new OssError('BucketAlreadyExists', { details: { BucketName: name } });
      }
      const record: BucketRecord = {
        ...specification,
        incarnation: this.#ids.next(),
        epoch: 1,
        createdAt: this.#clock(),
      };
      const unsettled = unsettledBucketKey(record.incarnation);
      await this.#commit([], [put(unsettled, checkedValue(unsettled, Buffer.from(name)))]);
      await this.#metadata.commit(
        record.incarnation,
        [],
        [
          put(EPOCH_KEY, epochValue(record.epoch)),
          put(OBJECT_COUNT_KEY, encodeCounter(0)),
          put(DIGEST_KEY, encodeCounter(0)),
        ],
      );
      await this.#commit(
        [absent(bucketNameKey(name))],
        [...recordChanges(record), remove(unsettled)],
      );
      this.#learn(name, record);
      return { record, created: true };
    });
  }

  update(name: string, change: (record: BucketRecord) => BucketRecord): Promise<BucketRecord> {
    return this.#queue.run(name, async () => {
      const record = await this.require(name);
      const { incarnation, epoch, owner, createdAt } = record;
      const kept = { name, incarnation, epoch, owner, createdAt };
      const changed = asStored({ ...change(record), ...kept });
      await this.#commit([], recordChanges(changed));
      this.#learn(name, changed);
      return changed;
    });
  }

  delete(bucket: MeantBucket): Promise<BucketRecord> {
    const name = typeof bucket === 'string' ? bucket : bucket.name;
    return this.#queue.run(name, async () => {
      const record = await this.require(name);
      if (typeof bucket !== 'string' && record.incarnation !== bucket.incarnation) {
        throw noSuchBucket(name);
      }
      const { incarnation, epoch } = record;
      const unsettled = unsettledBucketKey(incarnation);
      // The counter decides, in the commit; a look at the records first, because a counter that rot
      // had brought to zero must not take objects with it.
      if (await this.#hasObjects(incarnation)) throw notEmpty(name);
      await this.#commit([], [put(unsettled, checkedValue(unsettled, Buffer.from(name)))]);
      const outcome = await this.#metadata.commit(
        incarnation,
        [equals(EPOCH_KEY, epochValue(epoch)), equals(OBJECT_COUNT_KEY, encodeCounter(0))],
        // From here on a put that was under way finds no epoch and fails.
        [remove(EPOCH_KEY)],
      );
      if (outcome === 'conflict') {
        await this.#commit([], [remove(unsettled)]);
        throw notEmpty(name);
      }
      await this.#forget(record);
      return record;
    });
  }

  list(request: ListBucketsRequest): Promise<ListedBuckets> {
    return listBuckets(this.#metadata, (name) => this.get(name), request);
  }

  /** Every bucket, in pages, for the sweeper. */
  async *all(): AsyncGenerator<BucketRecord, void, undefined> {
    for await (const { key, value } of bucketEntries(this.#metadata)) {
      yield decodeBucketRecord(key, value);
    }
  }

  /** Finishes what a crash left of a deletion; to be called before anything else. */
  async settle(): Promise<void> {
    for (const { incarnation, name } of await this.unsettled()) {
      const record = await this.#read(name);
      if (record?.incarnation !== incarnation) continue;
      const epoch = await this.#metadata.get(incarnation, EPOCH_KEY);
      if (epoch === undefined) await this.#forget(record);
      else await this.#commit([], [remove(unsettledBucketKey(incarnation))]);
    }
  }

  /** The partitions that are coming or going; after `settle`, those to be taken down. */
  async unsettled(): Promise<{ readonly incarnation: string; readonly name: string }[]> {
    const from = Buffer.from(UNSETTLED);
    const range = { from, to: prefixSuccessor(from), limit: SCAN_LIMIT };
    return (await this.#metadata.scan(REGISTRY, range)).map(({ key, value }) => ({
      incarnation: key.toString('latin1', UNSETTLED.length),
      name: checkedContent(key, value, () => 'unsettled bucket').toString(),
    }));
  }

  /** Takes down the partition of a bucket that is no more and whose deletion queue is empty. */
  async takeDown(incarnation: string): Promise<void> {
    await this.#metadata.commit(incarnation, [], [removeRange(Buffer.of(0))]);
    await this.#commit([], [remove(unsettledBucketKey(incarnation))]);
  }

  /** Removes the record of a bucket whose epoch is gone. */
  async #forget(record: BucketRecord): Promise<void> {
    const { name, owner } = record;
    await this.#commit([], [remove(bucketNameKey(name)), remove(bucketOwnerKey(owner, name))]);
    this.#changes++;
    this.#known.delete(name);
  }

  async #read(name: string): Promise<BucketRecord | undefined> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const changes = this.#changes;
    const key = bucketNameKey(name);
    const value = await this.#metadata.get(REGISTRY, key);
    if (value === undefined) return undefined;
    const record = decodeBucketRecord(key, value);
    if (changes === this.#changes) this.#known.set(name, record);
    return record;
  }

  #learn(name: string, record: BucketRecord): void {
    this.#changes++;
    this.#known.set(name, record);
  }

  async #hasObjects(incarnation: string): Promise<boolean> {
    return (await this.#metadata.scan(incarnation, { ...OBJECT_RANGE, limit: 1 })).length > 0;
  }

  /** A commit that nobody else can get in the way of: this process is the only writer. */
  async #commit(conditions: readonly Condition[], changes: readonly Change[]): Promise<void> {
    const all = await tallied(this.#metadata, REGISTRY, changes, isTallied);
    const outcome = await this.#metadata.commit(REGISTRY, conditions, all);
    if (outcome === 'conflict') throw new Error('The bucket registry was changed by somebody else');
  }
}

/** The stored records of all buckets, read in pages. */
export async function* bucketEntries(
  metadata: MetadataEngine,
): AsyncGenerator<Entry, void, undefined> {
  let from: Buffer = Buffer.from(NAME);
  const to = prefixSuccessor(from);
  for (;;) {
    const page = await metadata.scan(REGISTRY, { from, to, limit: SCAN_LIMIT });
    for (const entry of page) {
      yield entry;
      from = keySuccessor(entry.key);
    }
    if (page.length < SCAN_LIMIT) return;
  }
}

/** The name of the bucket whose record stands under a key of the registry. */
export const bucketNameOf = (key: Buffer): string => key.toString('utf8', NAME.length);

/** The buckets of an account, by name; `find` has the record of each. */
export async function listBuckets(
  metadata: Pick<MetadataEngine, 'scan'>,
  find: Buckets['get'],
  { owner, prefix = '', marker, limit }: ListBucketsRequest,
): Promise<ListedBuckets> {
  const ofOwner = bucketOwnerKey(owner, prefix);
  let from = ofOwner;
  if (marker !== undefined) {
    const behind = keySuccessor(bucketOwnerKey(owner, marker));
    if (behind.compare(from) > 0) from = behind;
  }
  const to = prefixSuccessor(ofOwner);
  const buckets: BucketRecord[] = [];
  const prefixLength = bucketOwnerKey(owner, '').length;
  const entries = await metadata.scan(REGISTRY, { from, to, limit: limit + 1 });
  for (const { key } of entries) {
    const record = await find(key.toString('utf8', prefixLength));
    // Gone since the scan.
    if (record !== undefined) buckets.push(record);
  }
  return { buckets: buckets.slice(0, limit), truncated: entries.length > limit };
}

/** The refusal of a request to a bucket that does not exist. */
export function noSuchBucket(name: string): OssError {
  return new OssError('NoSuchBucket', { details: { BucketName: name } });
}

function notEmpty(name: string): OssError {
  return new OssError('BucketNotEmpty', { details: { BucketName: name } });
}

/** Records and unsettled entries carry checksums; an owner's entry says only what a record says. */
const isTallied = (key: Buffer): boolean => key[0] !== OWNER.charCodeAt(0);

export const bucketNameKey = (name: string): Buffer => Buffer.from(NAME + name);
export const bucketOwnerKey = (owner: string, name: string): Buffer =>
  Buffer.from(`${OWNER}${owner}\0${name}`);

/** What the key of an owner's entry says. */
export function ownerEntryOf(key: Buffer): { readonly owner: string; readonly name: string } {
  const [owner = '', name = ''] = key.toString('utf8', OWNER.length).split('\0');
  return { owner, name };
}

export const unsettledBucketKey = (incarnation: string): Buffer =>
  Buffer.from(UNSETTLED + incarnation);

function rangeOf(prefix: string): { readonly from: Buffer; readonly to: Buffer | undefined } {
  const from = Buffer.from(prefix);
  return { from, to: prefixSuccessor(from) };
}

function recordChanges(record: BucketRecord): Change[] {
  const key = bucketNameKey(record.name);
  return [
    put(key, encodeBucketRecord(key, record)),
    put(bucketOwnerKey(record.owner, record.name), NOTHING),
  ];
}
