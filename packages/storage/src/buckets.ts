import type { BucketRecord, BucketSpecification } from './bucket-record.js';
import type { Awaitable } from './engine/metadata-engine.js';
import type { MeantBucket } from './object-store.js';

export interface ListBucketsRequest {
  readonly owner: string;
  readonly prefix?: string;
  /** The listing begins behind this name. */
  readonly marker?: string;
  readonly limit: number;
}

export interface ListedBuckets {
  readonly buckets: readonly BucketRecord[];
  readonly truncated: boolean;
}

/** The buckets as those see them who serve requests. */
export interface Buckets {
  /** The bucket's record, at once when it is at hand; undefined when there is no such bucket. */
  get(name: string): Awaitable<BucketRecord | undefined>;

  /** The bucket's record; throws NoSuchBucket. */
  require(name: string): Promise<BucketRecord>;

  /**
   * Makes a bucket. One of the same name and owner is returned as it is, `created` false; a name
   * that belongs to somebody else is BucketAlreadyExists.
   */
  create(
    specification: BucketSpecification,
  ): Promise<{ readonly record: BucketRecord; readonly created: boolean }>;

  /**
   * Changes a bucket's settings; name, incarnation, owner and creation stay. `change` may be asked
   * again when somebody else was faster.
   */
  update(name: string, change: (record: BucketRecord) => BucketRecord): Promise<BucketRecord>;

  /** Deletes a bucket without objects; throws NoSuchBucket or BucketNotEmpty. */
  delete(bucket: MeantBucket): Promise<BucketRecord>;

  /** The buckets of an account, by name. */
  list(request: ListBucketsRequest): Promise<ListedBuckets>;
}
