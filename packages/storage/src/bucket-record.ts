import type { BucketAcl, EncryptionRule, StorageClass } from '@openoss/protocol';
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
  /** How objects are encrypted whose upload names no method; absent where they are not. */
  readonly encryption?: EncryptionRule | undefined;
}

/** What a bucket is made from; the store adds the rest. */
export type BucketSpecification = Pick<
  BucketRecord,
  'name' | 'owner' | 'storageClass' | 'redundancy' | 'acl' | 'blocksPublicAccess'
>;

/**
 * The stored form is a format byte, the record as a MessagePack map, and a checksum. New fields are
 * simply added: old readers pass over them, new readers give a missing one its default here. What an
 * old reader must not pass over, because it denies something, makes the record one of format 2; a rule
 * of encryption, past which it would store in the clear, one of format 3.
 */
const FORMAT = 1;
const FORMAT_WITH_DENIALS = 2;
const FORMAT_WITH_ENCRYPTION = 3;

const packr = new Packr({ useRecords: false });

/** A record as it comes back from its stored form: what is not set is not there. */
export function asStored(record: BucketRecord): BucketRecord {
  const { policy, blocksPublicAccess, encryption, ...rest } = record;
  return {
    ...rest,
    ...(policy === undefined ? {} : { policy }),
    ...(blocksPublicAccess === true ? { blocksPublicAccess } : {}),
    ...(encryption === undefined ? {} : { encryption }),
  };
}

/** The stored form of a bucket's record under the key it will stand at. */
export function encodeBucketRecord(key: Buffer, record: BucketRecord): Buffer {
  const stored = asStored(record);
  return checkedValue(key, Buffer.concat([Buffer.of(formatOf(stored)), packr.pack(stored)]));
}

function formatOf(stored: BucketRecord): number {
  if ('encryption' in stored) return FORMAT_WITH_ENCRYPTION;
  return 'policy' in stored || 'blocksPublicAccess' in stored ? FORMAT_WITH_DENIALS : FORMAT;
}

/** A bucket's record from its stored form. */
export function decodeBucketRecord(key: Buffer, value: Buffer): BucketRecord {
  const what = (): string => `bucket record ${key.toString()}`;
  const content = checkedContent(key, value, what);
  const format = content[0] ?? 0;
  if (format < FORMAT || format > FORMAT_WITH_ENCRYPTION) {
    throw new CorruptRecord(what(), unknownFormat(format, FORMAT_WITH_ENCRYPTION));
  }
  return packr.unpack(content.subarray(1));
}
