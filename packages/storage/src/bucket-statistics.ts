import { type StorageClass, storageClasses } from '@openoss/protocol';
import { classBytesKey, classCountKey, OBJECT_COUNT_KEY } from './bucket-partition.js';
import { decodeCounter } from './engine/counter-value.js';
import { add, type Change, type MetadataEngine } from './engine/metadata-engine.js';
import type { ObjectRecord } from './object-record.js';

/** How much there is of something. */
export interface Amount {
  readonly objects: number;
  readonly bytes: number;
}

/** What a bucket holds, in all and by storage class; as exact as the objects themselves. */
export interface BucketStatistics extends Amount {
  readonly byStorageClass: Readonly<Record<StorageClass, Amount>>;
}

/**
 * The changes to a bucket's counters when one object's record takes another's place; undefined
 * stands for no object. They go into the commit that does it, so the counters are never off.
 */
export function counterChanges(
  before: ObjectRecord | undefined,
  after: ObjectRecord | undefined,
): Change[] {
  const changes: Change[] = [];
  const count = (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
  if (count !== 0) changes.push(add(OBJECT_COUNT_KEY, count));
  if (before?.storageClass === after?.storageClass) {
    const grown = (after?.size ?? 0) - (before?.size ?? 0);
    if (after !== undefined && grown !== 0) {
      changes.push(add(classBytesKey(after.storageClass), grown));
    }
    return changes;
  }
  if (before !== undefined) changes.push(...classChanges(before, -1));
  if (after !== undefined) changes.push(...classChanges(after, 1));
  return changes;
}

function classChanges({ storageClass, size }: ObjectRecord, sign: 1 | -1): Change[] {
  const count = add(classCountKey(storageClass), sign);
  return size === 0 ? [count] : [count, add(classBytesKey(storageClass), sign * size)];
}

/** Reads a bucket's counters. */
export async function readStatistics(
  metadata: MetadataEngine,
  incarnation: string,
): Promise<BucketStatistics> {
  const read = async (key: Buffer): Promise<number> =>
    decodeCounter(await metadata.get(incarnation, key));
  const amountOf = async (name: StorageClass): Promise<Amount> => ({
    objects: await read(classCountKey(name)),
    bytes: await read(classBytesKey(name)),
  });
  const byStorageClass: Record<StorageClass, Amount> = {
    Standard: await amountOf('Standard'),
    IA: await amountOf('IA'),
    Archive: await amountOf('Archive'),
    ColdArchive: await amountOf('ColdArchive'),
    DeepColdArchive: await amountOf('DeepColdArchive'),
  };
  let objects = 0;
  let bytes = 0;
  for (const name of storageClasses) {
    objects += byStorageClass[name].objects;
    bytes += byStorageClass[name].bytes;
  }
  return { objects, bytes, byStorageClass };
}
