import { type Crc64Engine, OssError } from '@openoss/protocol';
import type { BlobSweeper } from './blob-sweeper.js';
import type { BodyThreads } from './body/body-threads.js';
import { objectRecordKey } from './bucket-partition.js';
import type { BucketRecord, BucketSpecification } from './bucket-record.js';
import { noSuchBucket } from './bucket-registry.js';
import { type BucketStatistics, readStatistics } from './bucket-statistics.js';
import type { Buckets, ListBucketsRequest, ListedBuckets } from './buckets.js';
import type { DamageNotes } from './damage-notes.js';
import { type BlobEngine, StorageFull } from './engine/blob-engine.js';
import type { Awaitable, MetadataEngine } from './engine/metadata-engine.js';
import type { StorageSpace } from './engine/storage-space.js';
import { fullDiskRefusal } from './full-disk-refusal.js';
import { type ListKeysRequest, listKeys } from './list-keys.js';
import { type ListedObjects, type ListObjectsRequest, listObjects } from './list-objects.js';
import type { SlabPool } from './memory/slab-pool.js';
import type { ObjectCommits } from './object-commits.js';
import { type Inspection, openObject } from './object-reading.js';
import type { ObjectRecord } from './object-record.js';
import { encodeObjectRecord } from './object-record-codec.js';
import type {
  Admission,
  ByteRange,
  MeantBucket,
  ObjectStore,
  OpenedObject,
  PutObjectRequest,
  PutObjectResult,
} from './object-store.js';
import type { OperationGate } from './operation-gate.js';
import { putObject } from './put-object.js';
import { type Reseal, resealObject } from './reseal-object.js';
import { type Rewrap, rewrapObject } from './rewrap-object.js';
import type { OpenEnvelope } from './sealing/sealing.js';

export interface EngineObjectStoreOptions {
  readonly metadata: MetadataEngine;
  readonly blobs: BlobEngine;
  readonly registry: Buckets;
  readonly commits: ObjectCommits;
  readonly sweeper: Pick<BlobSweeper, 'bucketDeleted'>;
  readonly gate: OperationGate;
  readonly damage: DamageNotes;
  readonly clock: () => number;
  readonly space: StorageSpace;
  /** Bodies of up to so many bytes are committed with their records. */
  readonly inlineLimit: number;
  /** Reckons the checksums of small bodies. */
  readonly crc64: Crc64Engine;
  /** Reckons those of large ones, and encrypts and decrypts. */
  readonly bodyThreads: BodyThreads;
  /** What that takes its buffers from. */
  readonly slabs: SlabPool;
}

/** The ObjectStore on any engine: each operation's own file does the work. */
export class EngineObjectStore implements ObjectStore {
  readonly #parts: EngineObjectStoreOptions;

  constructor(parts: EngineObjectStoreOptions) {
    this.#parts = parts;
  }

  createBucket(
    specification: BucketSpecification,
  ): Promise<{ readonly record: BucketRecord; readonly created: boolean }> {
    return this.#run(async () => {
      const existing = await this.#parts.registry.get(specification.name);
      if (existing === undefined) this.#parts.space.admit('record', 0);
      return this.#parts.registry.create(specification);
    });
  }

  getBucket(name: string): Awaitable<BucketRecord | undefined> {
    return this.#parts.registry.get(name);
  }

  listBuckets(request: ListBucketsRequest): Promise<ListedBuckets> {
    return this.#run(() => this.#parts.registry.list(request));
  }

  updateBucket(
    name: string,
    change: (record: BucketRecord) => BucketRecord,
  ): Promise<BucketRecord> {
    return this.#run(() => this.#parts.registry.update(name, change));
  }

  deleteBucket(bucket: MeantBucket): Promise<void> {
    return this.#run(async () => {
      const { incarnation } = await this.#parts.registry.delete(bucket);
      this.#parts.sweeper.bucketDeleted(incarnation);
    });
  }

  bucketStatistics(bucket: MeantBucket): Promise<BucketStatistics> {
    return this.#run(async () => {
      const { incarnation } = await this.#require(bucket);
      return readStatistics(this.#parts.metadata, incarnation);
    });
  }

  putObject(request: PutObjectRequest): Promise<PutObjectResult> {
    return this.#run(() => putObject(this.#parts, request));
  }

  getObject(bucket: MeantBucket, key: string): Promise<ObjectRecord | undefined> {
    return this.#run(async () => this.#parts.commits.read(await this.#require(bucket), key));
  }

  openObject(
    bucket: MeantBucket,
    key: string,
    inspect?: Inspection,
    openEnvelope?: OpenEnvelope,
  ): Promise<OpenedObject | undefined> {
    return this.#run(async () => {
      const record = await this.#require(bucket);
      const { commits } = this.#parts;
      const opened = await openObject(this.#parts, commits, record, key, inspect, openEnvelope);
      return opened === undefined || opened.inline !== undefined
        ? opened
        : new WatchedObject(opened, (error) => this.#parts.damage.note(error));
    });
  }

  deleteObject(
    bucket: MeantBucket,
    key: string,
    admit?: Admission,
  ): Promise<ObjectRecord | undefined> {
    return this.#run(async () => {
      const record = await this.#require(bucket);
      const { before } = await this.#parts.commits.change(record, key, (existing) => {
        admit?.(existing);
        return undefined;
      });
      return before;
    });
  }

  updateObject(
    bucket: MeantBucket,
    key: string,
    change: (record: ObjectRecord) => ObjectRecord,
  ): Promise<ObjectRecord> {
    const { commits, space } = this.#parts;
    return this.#run(async () => {
      const { after } = await commits.change(await this.#require(bucket), key, (existing) => {
        if (existing === undefined) throw new OssError('NoSuchKey', { details: { Key: key } });
        const { type, size, etag, crc64, lastModified, body, sealing } = existing;
        const revision = commits.nextId();
        const fixed = { key, type, size, etag, crc64, lastModified, body, sealing, revision };
        const record = { ...change(existing), ...fixed };
        // What makes a record shorter, such as the deletion of tags, goes on when the disk is full.
        if (recordBytes(record) > recordBytes(existing)) space.admit('record', 0);
        return { record };
      });
      if (after === undefined) throw new OssError('NoSuchKey', { details: { Key: key } });
      return after;
    });
  }

  rewrapObject(
    bucket: MeantBucket,
    key: string,
    rewrap: Rewrap,
    inspect?: (record: ObjectRecord) => void,
  ): Promise<ObjectRecord> {
    return this.#run(async () =>
      rewrapObject(this.#parts, await this.#require(bucket), key, rewrap, inspect),
    );
  }

  resealObject(
    bucket: MeantBucket,
    key: string,
    reseal: Reseal,
  ): Promise<ObjectRecord | undefined> {
    return this.#run(async () =>
      resealObject(this.#parts, await this.#require(bucket), key, reseal),
    );
  }

  listObjects(bucket: MeantBucket, request: ListObjectsRequest): Promise<ListedObjects> {
    return this.#run(async () => {
      const { incarnation } = await this.#require(bucket);
      return listObjects(this.#parts.metadata, incarnation, request);
    });
  }

  listKeys(bucket: MeantBucket, request: ListKeysRequest): Promise<string[]> {
    return this.#run(async () => {
      const { incarnation } = await this.#require(bucket);
      return listKeys(this.#parts.metadata, incarnation, request);
    });
  }

  /** The record of the bucket that is meant; throws NoSuchBucket. */
  async #require(bucket: MeantBucket): Promise<BucketRecord> {
    const { registry } = this.#parts;
    if (typeof bucket === 'string') return registry.require(bucket);
    const record = await registry.require(bucket.name);
    if (record.incarnation !== bucket.incarnation) throw noSuchBucket(bucket.name);
    return record;
  }

  /** Every operation passes the gate, and what it finds damaged is reported whoever asked. */
  async #run<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await this.#parts.gate.pass(operation);
    } catch (error) {
      this.#parts.damage.note(error);
      throw error instanceof StorageFull ? fullDiskRefusal(error) : error;
    }
  }
}

function recordBytes(record: ObjectRecord): number {
  return encodeObjectRecord(objectRecordKey(record.key), record).length;
}

/** Tells of the damage that is found while a blob is read, long after it was opened. */
class WatchedObject implements OpenedObject {
  readonly record: ObjectRecord;
  readonly range: ByteRange;
  readonly inline = undefined;
  readonly #opened: OpenedObject;
  readonly #onError: (error: unknown) => void;

  constructor(opened: OpenedObject, onError: (error: unknown) => void) {
    this.record = opened.record;
    this.range = opened.range;
    this.#opened = opened;
    this.#onError = onError;
  }

  async *read(range?: ByteRange): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* this.#opened.read(range);
    } catch (error) {
      this.#onError(error);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#opened.close();
  }
}
