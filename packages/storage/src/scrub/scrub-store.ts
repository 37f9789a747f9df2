import type { Crc64Engine } from '@openoss/protocol';
import { type BucketRecord, decodeBucketRecord } from '../bucket-record.js';
import { BUCKET_NAMES, bucketNameKey, REGISTRY, unsettledBucketKey } from '../bucket-registry.js';
import type { BlobEngine } from '../engine/blob-engine.js';
import { CorruptRecord } from '../engine/corrupt-record.js';
import type { MetadataEngine, MetadataSnapshot } from '../engine/metadata-engine.js';
import { ROOM_KEYS, roomKeyOf, roomPartition } from '../room-store.js';
import { walkRange } from '../walk-range.js';
import { scrubBodies } from './scrub-bodies.js';
import { scrubBucket } from './scrub-bucket.js';
import { scrubOrphans } from './scrub-orphans.js';
import { scrubRegistry } from './scrub-registry.js';
import { type ScrubOptions, ScrubRun, type ScrubSummary } from './scrub-run.js';
import { scrubTally } from './scrub-tally.js';

export interface ScrubbedStore {
  readonly metadata: MetadataEngine;
  readonly blobs: BlobEngine;
  readonly crc64: Crc64Engine;
  /** The rooms that keep state beside the objects. */
  readonly rooms: Iterable<string>;
  /** Looks at what is below the engine: false when using that could do harm. */
  checkEngine?(run: ScrubRun): Promise<boolean>;
  readonly onOrphansDeleted: (count: number) => void;
}

/**
 * Looks at everything a store holds: what is below the engine, the registry of buckets, the rooms,
 * every bucket's records against its counters and its digest, every body, and what nobody names.
 *
 * The records of a bucket are counted in one snapshot, which is what makes them comparable with a
 * digest that changes with every commit. The engine cannot use space again while that is open, so it
 * is open for records only, which are short, and for one bucket at a time; bodies, which take long,
 * are read without.
 */
export async function scrubStore(
  store: ScrubbedStore,
  options: ScrubOptions,
): Promise<ScrubSummary> {
  const { metadata, blobs } = store;
  const run = new ScrubRun(metadata, blobs, options);
  run.at = 'metadata';
  await run.breathe();
  if (store.checkEngine !== undefined && !(await store.checkEngine(run))) return run.summary;
  const registryIsWhole = await within(metadata, (snapshot) => scrubRegistry(run, snapshot));
  for (const room of store.rooms)
    await within(metadata, (snapshot) => scrubRoom(run, snapshot, room));
  const buckets: BucketRecord[] = [];
  const whole = new Map<string, boolean>();
  for await (const { key, value } of walkRange(metadata, REGISTRY, BUCKET_NAMES)) {
    const bucket = bucketOf(key, value);
    if (bucket === undefined) continue;
    run.at = bucket.name;
    buckets.push(bucket);
    const isWhole = await within(metadata, async (snapshot) =>
      (await isThere(snapshot, bucket)) ? scrubBucket(run, snapshot, bucket) : false,
    );
    whole.set(bucket.incarnation, isWhole);
    await scrubBodies(run, bucket, store.crc64);
    run.counts.buckets++;
  }
  run.at = 'blobs';
  await scrubOrphans(run, {
    buckets,
    isWhole: (incarnation) => whole.get(incarnation) ?? registryIsWhole,
    onDeleted: store.onOrphansDeleted,
  });
  return run.summary;
}

/** Deleted since it was listed, or about to be: nothing in it is promised any more. */
async function isThere(
  snapshot: MetadataSnapshot,
  { name, incarnation }: BucketRecord,
): Promise<boolean> {
  const key = bucketNameKey(name);
  const stored = await snapshot.get(REGISTRY, key);
  if (stored === undefined || bucketOf(key, stored)?.incarnation !== incarnation) return false;
  return (await snapshot.get(REGISTRY, unsettledBucketKey(incarnation))) === undefined;
}

async function scrubRoom(run: ScrubRun, snapshot: MetadataSnapshot, room: string): Promise<void> {
  await scrubTally(run, snapshot, {
    partition: roomPartition(room),
    ranges: [ROOM_KEYS],
    damagedKind: 'damaged-setting',
    lostKind: 'settings-lost',
    what: `records of the ${room}`,
    placeOf: (key) => ({ key: roomKeyOf(key) }),
  });
}

async function within<T>(
  metadata: MetadataEngine,
  look: (snapshot: MetadataSnapshot) => Promise<T>,
): Promise<T> {
  const snapshot = await metadata.snapshot();
  try {
    return await look(snapshot);
  } finally {
    await snapshot.close();
  }
}

function bucketOf(key: Buffer, value: Buffer): BucketRecord | undefined {
  try {
    return decodeBucketRecord(key, value);
  } catch (error) {
    if (error instanceof CorruptRecord) return undefined;
    throw error;
  }
}
