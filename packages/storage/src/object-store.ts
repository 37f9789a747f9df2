import type { BucketRecord, BucketSpecification } from './bucket-record.js';
import type { BucketStatistics } from './bucket-statistics.js';
import type { ListBucketsRequest, ListedBuckets } from './buckets.js';
import type { Awaitable } from './engine/metadata-engine.js';
import type { ListKeysRequest } from './list-keys.js';
import type { ListedObjects, ListObjectsRequest } from './list-objects.js';
import type { ObjectAttributes, ObjectRecord } from './object-record.js';
import type { Reseal } from './reseal-object.js';
import type { OpenEnvelope, SealedRecord, Sealing } from './sealing/sealing.js';

/** Bytes of a body from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Judges an operation by the object that stands there (undefined when none does): throws an OssError
 * to refuse. It may be asked more than once, and is asked last at the commit: nothing changes the
 * object between that and the operation's effect.
 */
export type Admission = (existing: ObjectRecord | undefined) => void;

/**
 * A bucket by its name, or the very one that is meant: another that has come under the name since is
 * NoSuchBucket. Whoever was authorized for one must not act on the next, which may be another account's.
 */
export type MeantBucket = string | Pick<BucketRecord, 'name' | 'incarnation'>;

export interface PutObjectRequest {
  readonly bucket: string;
  /** The bucket that is meant: another one that has come under the name since is NoSuchBucket. */
  readonly incarnation?: string | undefined;
  /** Well-formed Unicode, 1 to 1,023 bytes of UTF-8. */
  readonly key: string;
  /**
   * The bytes: a body that is there already is the fastest way, and must not change until the put
   * is over. A stream is iterated once; after a refusal on the way its iterator's `return` is
   * called and the rest is not read.
   */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** The size the client declared, in bytes; a body of another size is IncompleteBody. */
  readonly size?: number | undefined;
  /** The most bytes the body may have; more is EntityTooLarge. */
  readonly maxBytes: number;
  readonly attributes: ObjectAttributes;
  /** The MD5 the body must have, 16 bytes; another is ContentMd5Mismatch. */
  readonly expectMd5?: Uint8Array | undefined;
  /** The CRC-64/XZ the body must have; another is Crc64Mismatch. */
  readonly expectCrc64?: bigint | undefined;
  /** Has the body encrypted; without it, it is kept as it is. Throws CipherUnavailable. */
  readonly sealing?: Sealing | undefined;
  readonly admit?: Admission | undefined;
  /** Called once nothing known so far refuses the put, before a streamed body is read. */
  readonly beforeBody?: (() => void) | undefined;
}

export interface PutObjectResult {
  readonly record: ObjectRecord;
  /** What stood under the key before. */
  readonly replaced: ObjectRecord | undefined;
}

/** An object that is open for reading: its record and exactly its bytes, whatever happens to it. */
export interface OpenedObject {
  readonly record: ObjectRecord;
  /** The bytes that `inspect` asked for. */
  readonly range: ByteRange;
  /** Those bytes at once, verified, when they were kept with the metadata. */
  readonly inline: Buffer | undefined;
  /**
   * The same bytes, or others of the object, in verified pieces. Rot found on the way throws
   * instead of yielding. A piece stays as it is until the next is asked for.
   */
  read(range?: ByteRange): AsyncIterable<Buffer>;
  /** To be called once, however reading ended. */
  close(): Promise<void>;
}

/**
 * Buckets and objects. When a promise that stands for a change resolves, the change is on stable
 * storage. Refusals are `OssError`s; anything else that is thrown is a failure of the server.
 *
 * Operations on objects throw NoSuchBucket when the bucket does not exist, or no longer at the
 * moment of the commit.
 */
export interface ObjectStore {
  /** One of the same name and owner is returned as it is; else BucketAlreadyExists. */
  createBucket(
    specification: BucketSpecification,
  ): Promise<{ readonly record: BucketRecord; readonly created: boolean }>;
  /** The record, at once when it is in memory; undefined when there is no such bucket. */
  getBucket(name: string): Awaitable<BucketRecord | undefined>;
  /** The buckets of an account in byte order of their names. */
  listBuckets(request: ListBucketsRequest): Promise<ListedBuckets>;
  /**
   * Changes settings; name, incarnation, owner and creation stay as they are. `change` may be asked
   * again when somebody else was faster.
   */
  updateBucket(name: string, change: (record: BucketRecord) => BucketRecord): Promise<BucketRecord>;
  /** Throws NoSuchBucket or BucketNotEmpty; a put under way is either seen or fails. */
  deleteBucket(bucket: MeantBucket): Promise<void>;
  bucketStatistics(bucket: MeantBucket): Promise<BucketStatistics>;

  /** Replaces whatever stands under the key. Whatever it throws, nothing of the put remains. */
  putObject(request: PutObjectRequest): Promise<PutObjectResult>;
  getObject(bucket: MeantBucket, key: string): Promise<ObjectRecord | undefined>;
  /**
   * Opens an object for reading; undefined when there is none. `inspect` sees the record before any
   * byte is read: it throws to refuse, or says which bytes are wanted (all, without an answer). Then
   * `openEnvelope` is asked for the key, where the body is encrypted; without it such an object is not
   * opened. Both may be asked again when the object was replaced meanwhile.
   */
  openObject(
    bucket: MeantBucket,
    key: string,
    // biome-ignore lint/suspicious/noConfusingVoidType: a callback that only refuses returns nothing.
    inspect?: (record: ObjectRecord) => ByteRange | undefined | void,
    openEnvelope?: OpenEnvelope,
  ): Promise<OpenedObject | undefined>;
  /** Deletes an object and returns its record; undefined when there was none. */
  deleteObject(
    bucket: MeantBucket,
    key: string,
    admit?: Admission,
  ): Promise<ObjectRecord | undefined>;
  /**
   * Changes what is kept of an object beside its bytes; throws NoSuchKey. The key, the body and all
   * that follows from it, and last-modified stay as they are. `change` may be asked again when
   * somebody else was faster, and may throw to refuse.
   */
  updateObject(
    bucket: MeantBucket,
    key: string,
    change: (record: ObjectRecord) => ObjectRecord,
  ): Promise<ObjectRecord>;
  /**
   * Gives an encrypted object another envelope, and leaves its body as it is: `rewrap` tells the data key
   * that the body has and what it can be had from. Throws NoSuchKey, and a RangeError for an object that is
   * not encrypted. `inspect` sees the record first, encrypted or not; both may be asked again when somebody else
   * was faster, and may throw to refuse.
   */
  rewrapObject(
    bucket: MeantBucket,
    key: string,
    rewrap: (record: SealedRecord) => Awaitable<Omit<Sealing, 'cipher'>>,
    inspect?: (record: ObjectRecord) => void,
  ): Promise<ObjectRecord>;
  /**
   * Writes the body of an object anew, encrypted with another data key, or not at all; nothing else of the object
   * changes, for whoever asks. Undefined, with nothing done, where somebody has put or deleted the object
   * meanwhile. Throws NoSuchKey, and whatever `reseal` throws to refuse.
   */
  resealObject(bucket: MeantBucket, key: string, reseal: Reseal): Promise<ObjectRecord | undefined>;
  listObjects(bucket: MeantBucket, request: ListObjectsRequest): Promise<ListedObjects>;
  /** Keys alone, for who goes through a bucket object by object: fewer than the limit are the last ones. */
  listKeys(bucket: MeantBucket, request: ListKeysRequest): Promise<string[]>;
}
