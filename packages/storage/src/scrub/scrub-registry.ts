import { type BucketRecord, decodeBucketRecord } from '../bucket-record.js';
import {
  BUCKET_NAMES,
  BUCKET_OWNERS,
  bucketNameKey,
  bucketNameOf,
  bucketOwnerKey,
  ownerEntryOf,
  REGISTRY,
  UNSETTLED_BUCKETS,
} from '../bucket-registry.js';
import { CorruptRecord } from '../engine/corrupt-record.js';
import { absent, equals, type MetadataSnapshot, put, remove } from '../engine/metadata-engine.js';
import { walkKeys } from '../walk-range.js';
import type { ScrubRun } from './scrub-run.js';
import { scrubTally } from './scrub-tally.js';

const NOTHING = Buffer.alloc(0);

/**
 * Looks through the registry of buckets; true when its records are those that were put there. The
 * buckets' own partitions are another matter.
 */
export async function scrubRegistry(run: ScrubRun, snapshot: MetadataSnapshot): Promise<boolean> {
  const isWhole = await scrubTally(run, snapshot, {
    partition: REGISTRY,
    ranges: [BUCKET_NAMES, UNSETTLED_BUCKETS],
    damagedKind: 'damaged-bucket',
    lostKind: 'bucket-lost',
    what: 'records of buckets',
    placeOf: (key) => ({ bucket: bucketNameOf(key) }),
    async onEntry({ key, value }) {
      const record = recordOf(key, value);
      if (record === undefined) return;
      const ownerKey = bucketOwnerKey(record.owner, record.name);
      if ((await snapshot.get(REGISTRY, ownerKey)) !== undefined) return;
      const entered =
        run.mayRepair &&
        (await run.metadata.commit(REGISTRY, [equals(key, value)], [put(ownerKey, NOTHING)])) ===
          'committed';
      const what = `the entry of its owner ${record.owner} is missing`;
      await run.report('missing-owner-entry', { bucket: record.name }, what, entered);
    },
  });
  for await (const key of walkKeys(snapshot, REGISTRY, BUCKET_OWNERS)) {
    await run.breathe();
    await checkOwnerEntry(run, snapshot, key);
  }
  return isWhole;
}

async function checkOwnerEntry(
  run: ScrubRun,
  snapshot: MetadataSnapshot,
  key: Buffer,
): Promise<void> {
  const { owner, name } = ownerEntryOf(key);
  const nameKey = bucketNameKey(name);
  const stored = await snapshot.get(REGISTRY, nameKey);
  const record = stored === undefined ? undefined : recordOf(nameKey, stored);
  // Whose a damaged record is nobody can tell.
  if (record?.owner === owner || (record === undefined && stored !== undefined)) return;
  const asSeen = stored === undefined ? absent(nameKey) : equals(nameKey, stored);
  const removed =
    run.mayRepair && (await run.metadata.commit(REGISTRY, [asSeen], [remove(key)])) === 'committed';
  await run.report(
    'stray-owner-entry',
    { bucket: name },
    `it is entered for ${owner}, but ${record === undefined ? 'there is no such bucket' : `is ${record.owner}'s`}`,
    removed,
  );
}

/** The record of a bucket; undefined for another kind of key, or a record that is damaged. */
function recordOf(key: Buffer, value: Buffer): BucketRecord | undefined {
  if (key.compare(BUCKET_NAMES.from) < 0) return undefined;
  if (BUCKET_NAMES.to !== undefined && key.compare(BUCKET_NAMES.to) >= 0) return undefined;
  try {
    return decodeBucketRecord(key, value);
  } catch (error) {
    if (error instanceof CorruptRecord) return undefined;
    throw error;
  }
}
