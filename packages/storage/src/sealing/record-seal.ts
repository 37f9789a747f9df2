import { timingSafeEqual } from 'node:crypto';
import type { BucketRecord } from '../bucket-record.js';
import { CorruptRecord } from '../engine/corrupt-record.js';
import type { ObjectRecord } from '../object-record.js';
import { DataKey } from './data-key.js';
import type { SealedRecord } from './sealing.js';

/** What a seal begins with: another form takes another one. */
const FORM = 'OpenOSS object 1';

/** Which version of an object it is: buckets have no versions yet. */
const NO_VERSION = '';

/** What of a bucket a seal binds: its name as well, for a record of buckets may be exchanged. */
export type SealedBucket = Pick<BucketRecord, 'name' | 'incarnation'>;

/** What of a record its seal binds: all that stays as it is as long as its body does. */
export type SealedFields = Pick<ObjectRecord, 'key' | 'size' | 'etag' | 'crc64' | 'body'>;

/** The seal of a record (docs/encryption.md, "The seal of a record"). */
export function sealRecord(
  dataKey: DataKey,
  bucket: SealedBucket,
  { key, size, etag, crc64, body }: SealedFields,
  envelope: Uint8Array,
): Buffer {
  const bodies = body.kind === 'empty' ? [] : [body.id];
  return dataKey.seal(
    Buffer.concat([
      text(FORM),
      text(bucket.name),
      text(bucket.incarnation),
      text(key),
      text(NO_VERSION),
      uint32(envelope.length),
      envelope,
      uint64(BigInt(size)),
      uint64(crc64),
      text(etag),
      uint32(bodies.length),
      // An object has one body now; of several each has its size here.
      ...bodies.flatMap((id) => [text(id), uint64(BigInt(size))]),
    ]),
  );
}

/**
 * The data key as `openEnvelope` gave it, once it was found to be the one that the record's seal was made
 * with, over the record as it is. Throws CorruptRecord otherwise.
 */
export function verifiedDataKey(
  bytes: Uint8Array,
  bucket: SealedBucket,
  record: SealedRecord,
): DataKey {
  const { cipher, envelope, seal } = record.sealing;
  let dataKey: DataKey;
  try {
    dataKey = new DataKey(cipher, bytes);
  } catch (error) {
    if (error instanceof RangeError) throw damaged(record, error.message);
    throw error;
  }
  const expected = sealRecord(dataKey, bucket, record, envelope);
  if (expected.length !== seal.length || !timingSafeEqual(expected, seal)) {
    throw damaged(record, 'it is not what was sealed, or its envelope held another data key');
  }
  return dataKey;
}

const damaged = ({ key }: ObjectRecord, reason: string): CorruptRecord =>
  new CorruptRecord(`object record ${key}`, reason);

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
