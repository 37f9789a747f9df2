import { isDeepStrictEqual } from 'node:util';
import {
  type BucketRecord,
  type BucketSpecification,
  decodeBucketRecord,
} from '../bucket-record.js';
import { bucketNameKey, listBuckets, noSuchBucket, REGISTRY } from '../bucket-registry.js';
import type { Buckets, ListBucketsRequest, ListedBuckets } from '../buckets.js';
import type { LmdbReader } from '../engines/embedded/lmdb-reader.js';
import type { MeantBucket } from '../object-store.js';
import type { PrimaryLink } from './primary-link.js';
import { RecordChanged } from './record-changed.js';

/** How many buckets' records are kept decoded. */
const REMEMBERED_BUCKETS = 4096;

/** An update that was overtaken this often was not: something else is wrong. */
const MAX_ATTEMPTS = 100;

/**
 * The buckets as a worker has them. Other processes create, change and delete them at any time, so
 * each look goes to LMDB; a record is decoded only when its bytes are others than the last time.
 * Changes are the primary's: there is one line for them all.
 */
export class WorkerBuckets implements Buckets {
  readonly #reader: LmdbReader;
  readonly #primary: PrimaryLink;
  readonly #decoded = new Map<string, { readonly stored: Buffer; readonly record: BucketRecord }>();

  constructor(reader: LmdbReader, primary: PrimaryLink) {
    this.#reader = reader;
    this.#primary = primary;
  }

  get(name: string): BucketRecord | undefined {
    const key = bucketNameKey(name);
    const stored = this.#reader.get(REGISTRY, key);
    if (stored === undefined) {
      this.#decoded.delete(name);
      return undefined;
    }
    const known = this.#decoded.get(name);
    if (known?.stored.equals(stored)) return known.record;
    const record = decodeBucketRecord(key, stored);
    if (this.#decoded.size >= REMEMBERED_BUCKETS) this.#decoded.clear();
    // A copy of its own: what the reader hands out is cut from a slab, which it would keep alive.
    this.#decoded.set(name, { stored: Buffer.from(stored), record });
    return record;
  }

  async require(name: string): Promise<BucketRecord> {
    const record = this.get(name);
    if (record === undefined) throw noSuchBucket(name);
    return record;
  }

  create(
    specification: BucketSpecification,
  ): Promise<{ readonly record: BucketRecord; readonly created: boolean }> {
    return this.#primary.call({ call: 'createBucket', specification });
  }

  async update(
    name: string,
    change: (record: BucketRecord) => BucketRecord,
  ): Promise<BucketRecord> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const before = await this.require(name);
      const after = change(before);
      if (isDeepStrictEqual(after, before)) return before;
      try {
        return await this.#primary.call({ call: 'updateBucket', name, before, after });
      } catch (error) {
        if (!(error instanceof RecordChanged)) throw error;
      }
    }
    throw new RecordChanged();
  }

  async delete(bucket: MeantBucket): Promise<BucketRecord> {
    const name = typeof bucket === 'string' ? bucket : bucket.name;
    const record = await this.require(name);
    const { incarnation } = typeof bucket === 'string' ? record : bucket;
    await this.#primary.call({ call: 'deleteBucket', name, incarnation });
    return record;
  }

  list(request: ListBucketsRequest): Promise<ListedBuckets> {
    return listBuckets(this.#reader, (name) => this.get(name), request);
  }
}
