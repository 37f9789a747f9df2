import type { BucketAcl, StorageClass } from '@openoss/protocol';
import { Packr } from 'msgpackr';
import { checkedContent, checkedValue } from './checked-value.js';
import { CorruptRecord, unknownFormat } from './engine/corrupt-record.js';

/** Within one availability zone, or over several. */
export type Redundancy = 'LRS' | 'ZRS';

/** What is kept of a bucket. */
export interface BucketRecord {
  readonly name: string;
  /** Unique among all buckets that ever were: a name that comes back has another one. */
  readonly incarnation: string;
  /**
   * Grows when something changes that every commit to the bucket's objects has to agree with; they
   * are all conditional on it.
   */
  readonly epoch: number;
  /** The uid of the account that owns the bucket. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly storageClass: StorageClass;
  readonly redundancy: Redundancy;
  readonly acl: BucketAcl;
  /** The bucket policy's document, as it was given. */
  readonly policy?: string | undefined;
  /** Whether Block Public Access is on for the bucket. */
  readonly blocksPublicAccess?: boolean | undefined;
}

/** What a bucket is made from; the store adds the rest. */
export type BucketSpecification = Pick<
  BucketRecord,
  'name' | 'owner' | 'storageClass' | 'redundancy' | 'acl' | 'blocksPublicAccess'
>;

/**
 * The stored form is a format byte, the record as a MessagePack map, and a checksum. New fields are
 * simply added: old readers pass over them, new readers give a missing one its default here. What an
 * old reader must not pass over, because it denies something, makes the record one of format 2.
 */
const FORMAT = 1;
const FORMAT_WITH_DENIALS = 2;

const packr = new Packr({ useRecords: false });

/** A record as it comes back from its stored form: what is not set is not there. */
export function asStored(record: BucketRecord): BucketRecord {
  const { policy, blocksPublicAccess, ...rest } = record;
  return {
    ...rest,
    ...(policy === undefined ? {} : { policy }),
    ...(blocksPublicAccess === true ? { blocksPublicAccess } : {}),
  };
}

/** The stored form of a bucket's record under the key it will stand at. */
export function encodeBucketRecord(key: Buffer, record: BucketRecord): Buffer {
  const stored = asStored(record);
  const denies = 'policy' in stored || 'blocksPublicAccess' in stored;
  const format = Buffer.of(denies ? FORMAT_WITH_DENIALS : FORMAT);
  return checkedValue(key, Buffer.concat([format, packr.pack(stored)]));
}

/** A bucket's record from its stored form. */
export function decodeBucketRecord(key: Buffer, value: Buffer): BucketRecord {
  const what = (): string => `bucket record ${key.toString()}`;
  const content = checkedContent(key, value, what);
  if (content[0] !== FORMAT && content[0] !== FORMAT_WITH_DENIALS) {
    throw new CorruptRecord(what(), unknownFormat(content[0], FORMAT_WITH_DENIALS));
  }
  return packr.unpack(content.subarray(1));
}
