import { crc32 } from 'node:zlib';
import type { StorageClass } from '@openoss/protocol';
import {
  DIGEST_KEY,
  EPOCH_KEY,
  OBJECT_COUNT_KEY,
  OBJECT_RANGE,
  objectKeyOf,
} from './bucket-partition.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import { decodeCounter, wrapped } from './engine/counter-value.js';
import type { MetadataEngine } from './engine/metadata-engine.js';
import type { ObjectRecord } from './object-record.js';
import { decodeObjectRecord } from './object-record-codec.js';
import { digestOf } from './record-digest.js';
import { type Scannable, walkRange } from './walk-range.js';

/** What a bucket's records come to, to be compared with what its counters and its digest say. */
export interface BucketTally {
  readonly objects: number;
  readonly digest: number;
  readonly classes: Readonly<Record<StorageClass, { objects: number; bytes: number }>>;
  /** Records that fail their checksum. */
  readonly damaged: number;
  /** The small bodies that records name: how many, and the sum of {@link bodyMark}. */
  readonly bodies: { readonly count: number; readonly sum: number };
}

/** What the id of a small body adds to a sum that does not depend on their order. */
export function bodyMark(bodyId: string): number {
  return Math.imul(crc32(bodyId) ^ 0x2545f491, 0x9e3779b1) >>> 0;
}

/** What is told of each record on the way; `record` is the error where it is damaged. */
export type OnRecord = (
  key: string,
  record: ObjectRecord | CorruptRecord,
  stored: Buffer,
) => Promise<void> | void;

/** Goes through a bucket's records. */
export async function tallyRecords(
  source: Scannable,
  incarnation: string,
  onRecord: OnRecord = () => {},
): Promise<BucketTally> {
  const classes = emptyClasses();
  const bodies = { count: 0, sum: 0 };
  let objects = 0;
  let digest = 0;
  let damaged = 0;
  for await (const { key, value } of walkRange(source, incarnation, OBJECT_RANGE)) {
    const objectKey = objectKeyOf(key);
    objects++;
    digest = wrapped(digest + digestOf(value));
    const record = decoded(key, objectKey, value);
    if (record instanceof CorruptRecord) damaged++;
    else {
      const { storageClass, size, body } = record;
      classes[storageClass].objects++;
      classes[storageClass].bytes += size;
      if (body.kind === 'inline') {
        bodies.count++;
        bodies.sum = wrapped(bodies.sum + bodyMark(body.id));
      }
    }
    await onRecord(objectKey, record, value);
  }
  return { objects, digest, classes, damaged, bodies };
}

/** How many records are counted before others get their turn. */
const TURN = 500;

/**
 * Whether a bucket's records are those that were put there, by their count and their digest. Of a
 * partition without an epoch that is so when no bucket of that incarnation `isNamed` any more.
 */
export async function isBucketWhole(
  metadata: MetadataEngine,
  incarnation: string,
  isNamed: boolean,
): Promise<boolean> {
  const snapshot = await metadata.snapshot();
  try {
    if ((await snapshot.get(incarnation, EPOCH_KEY)) === undefined) return !isNamed;
    let records = 0;
    const tally = await tallyRecords(snapshot, incarnation, async () => {
      if (++records % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    });
    return (
      tally.damaged === 0 &&
      tally.objects === decodeCounter(await snapshot.get(incarnation, OBJECT_COUNT_KEY)) &&
      tally.digest === decodeCounter(await snapshot.get(incarnation, DIGEST_KEY))
    );
  } catch (error) {
    if (error instanceof CorruptRecord) return false;
    throw error;
  } finally {
    await snapshot.close();
  }
}

function decoded(key: Buffer, objectKey: string, value: Buffer): ObjectRecord | CorruptRecord {
  try {
    return decodeObjectRecord(key, objectKey, value);
  } catch (error) {
    if (error instanceof CorruptRecord) return error;
    throw error;
  }
}

function emptyClasses(): Record<StorageClass, { objects: number; bytes: number }> {
  const none = () => ({ objects: 0, bytes: 0 });
  return {
    Standard: none(),
    IA: none(),
    Archive: none(),
    ColdArchive: none(),
    DeepColdArchive: none(),
  };
}
