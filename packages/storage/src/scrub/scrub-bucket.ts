import { storageClasses } from '@openoss/protocol';
import {
  BODY_RANGE,
  blobToDelete,
  classBytesKey,
  classCountKey,
  DELETION_RANGE,
  DIGEST_KEY,
  EPOCH_KEY,
  epochValue,
  inlineBodyIdOf,
  inlineBodyKey,
  OBJECT_COUNT_KEY,
  objectRecordKey,
} from '../bucket-partition.js';
import type { BucketRecord } from '../bucket-record.js';
import { type BucketTally, bodyMark, tallyRecords } from '../bucket-tally.js';
import { CorruptRecord } from '../engine/corrupt-record.js';
import { wrapped } from '../engine/counter-value.js';
import { equals, type MetadataSnapshot, remove } from '../engine/metadata-engine.js';
import { digestOf } from '../record-digest.js';
import { walkKeys, walkRange } from '../walk-range.js';
import type { ScrubRun } from './scrub-run.js';
import { type KeptCounter, mismatch, readCounter, recount } from './scrub-tally.js';

/** How many small bodies that no record may name are looked up in one pass over the records. */
const SUSPECTS = 100_000;
const DELETE_AT_ONCE = 200;

/**
 * Looks at a bucket's records in one snapshot and holds them against its counters and its digest;
 * then at its small bodies and its deletion queue. True when the records are those that were put.
 */
export async function scrubBucket(
  run: ScrubRun,
  snapshot: MetadataSnapshot,
  bucket: BucketRecord,
): Promise<boolean> {
  const { incarnation, epoch, name } = bucket;
  let hasEpoch = true;
  const storedEpoch = await snapshot.get(incarnation, EPOCH_KEY);
  if (storedEpoch?.equals(epochValue(epoch)) !== true) {
    const what = storedEpoch === undefined ? 'its epoch is missing' : 'its epoch is another';
    await run.report('damaged-bucket', { bucket: name }, what);
    hasEpoch = false;
  }
  let isSearchable = true;
  // What was removed is not part of what is counted anew.
  const removed = { count: 0, digest: 0 };
  const tally = await tallyRecords(snapshot, incarnation, async (key, record, stored) => {
    run.counts.records++;
    await run.breathe();
    const recordKey = objectRecordKey(key);
    if (!(record instanceof CorruptRecord)) {
      // A key that rotted leads a search astray from others, which a scan passes all the same.
      if ((await snapshot.get(incarnation, recordKey))?.equals(stored) === true) return;
      isSearchable = false;
      const what = 'its record is there, but is not found under its key';
      await run.report('damaged-record', { bucket: name, key }, what);
      return;
    }
    const gone =
      run.acceptsLoss &&
      (await run.metadata.commit(incarnation, [equals(recordKey, stored)], [remove(recordKey)])) ===
        'committed';
    if (gone) {
      removed.count++;
      removed.digest = wrapped(removed.digest + digestOf(stored));
    }
    await run.report('damaged-record', { bucket: name, key }, record.message, gone);
  });
  const left = {
    ...tally,
    objects: tally.objects - removed.count,
    digest: wrapped(tally.digest - removed.digest),
  };
  const fits = await compareCounters(run, snapshot, bucket, left, tally.objects);
  // Without the epoch the partition may be empty as a whole, and nothing of nothing is missing.
  const isWhole = fits && hasEpoch && isSearchable;
  await findOrphanBodies(run, snapshot, bucket, tally, isWhole);
  await checkDeletionQueue(run, snapshot, bucket);
  return isWhole;
}

interface Comparison {
  readonly kept: KeptCounter;
  readonly counted: number;
  readonly what: string;
  readonly wraps: boolean;
}

async function compareCounters(
  run: ScrubRun,
  snapshot: MetadataSnapshot,
  { incarnation, name }: BucketRecord,
  tally: BucketTally,
  found: number,
): Promise<boolean> {
  const { damaged } = tally;
  const compare = async (
    key: Buffer,
    counted: number,
    what: string,
    wraps = false,
  ): Promise<Comparison> => ({
    kept: await readCounter(snapshot, incarnation, key),
    counted,
    what,
    wraps,
  });
  const count = await compare(OBJECT_COUNT_KEY, tally.objects, 'the number of objects');
  const digest = await compare(DIGEST_KEY, tally.digest, 'the digest of the records', true);
  const others: Comparison[] = [];
  for (const storageClass of storageClasses) {
    const { objects, bytes } = tally.classes[storageClass];
    const label = `of class ${storageClass}`;
    others.push(
      await compare(classCountKey(storageClass), objects, `the number of objects ${label}`),
    );
    others.push(await compare(classBytesKey(storageClass), bytes, `the bytes of objects ${label}`));
  }
  const fits = ({ kept, counted }: Comparison): boolean => kept.sum === counted;
  const isUnreadable = ({ kept }: Comparison): boolean => kept.sum === undefined;
  // One of the two may have rotted itself; then the other one tells, and the rest.
  const isWhole =
    damaged === 0 &&
    (fits(count) || (isUnreadable(count) && fits(digest))) &&
    (fits(digest) || (isUnreadable(digest) && fits(count) && others.every(fits)));
  const place = { bucket: name };
  const mayRecount = isWhole ? run.mayRepair : run.acceptsLoss;
  const put = async ({ kept, counted, wraps }: Comparison): Promise<boolean> =>
    mayRecount && (await recount(run, incarnation, kept, counted, wraps));
  for (const each of [count, digest, ...others].filter(isUnreadable)) {
    await run.report('damaged-counter', place, `${each.what} fails its checksum`, await put(each));
  }
  // That damaged records do not add up to the digest says nothing new; nor that they were removed.
  const isLost = !isWhole && (damaged === 0 || (!isUnreadable(count) && count.kept.sum !== found));
  const readable = [count, digest, ...others].filter((each) => !isUnreadable(each) && !fits(each));
  if (isLost) {
    let repaired = run.acceptsLoss;
    for (const each of readable) repaired &&= await put(each);
    const what = mismatch('records', tally.objects, count.kept.sum ?? tally.objects);
    await run.report('records-lost', place, what, repaired);
    return false;
  }
  for (const each of readable) {
    const repaired = await put(each);
    // Where records are damaged the sums are off because of them, which was said already.
    if (!isWhole) continue;
    const what = `${each.what} is kept as ${each.kept.sum}, but is ${each.counted}`;
    await run.report('wrong-counter', place, what, repaired);
  }
  return isWhole;
}

/**
 * Finds the small bodies that no record names. They are committed with their records, so in one
 * snapshot there are none, and a sum of all ids on both sides says so in memory for none of them;
 * only where the sums differ are they looked for, some at a time.
 */
async function findOrphanBodies(
  run: ScrubRun,
  snapshot: MetadataSnapshot,
  { incarnation, name }: BucketRecord,
  { bodies }: BucketTally,
  isWhole: boolean,
): Promise<void> {
  let count = 0;
  let sum = 0;
  for await (const key of walkKeys(snapshot, incarnation, BODY_RANGE)) {
    await run.breathe();
    count++;
    sum = wrapped(sum + bodyMark(inlineBodyIdOf(key)));
  }
  if (count === bodies.count && sum === bodies.sum) return;
  let suspects = new Set<string>();
  const judge = async (): Promise<void> => {
    await tallyRecords(snapshot, incarnation, async (_, record) => {
      await run.breathe();
      if (!(record instanceof CorruptRecord) && record.body.kind === 'inline') {
        suspects.delete(record.body.id);
      }
    });
    const orphans = [...suspects];
    // Where records are gone, these bytes may be all that is left of their objects.
    const deletes = isWhole && run.mayRepair;
    for (let at = 0; deletes && at < orphans.length; at += DELETE_AT_ONCE) {
      const some = orphans.slice(at, at + DELETE_AT_ONCE);
      await run.metadata.commit(
        incarnation,
        [],
        some.map((id) => remove(inlineBodyKey(id))),
      );
    }
    for (const id of orphans) {
      await run.report(
        'orphan-body',
        { bucket: name, key: id },
        `no record names body ${id}`,
        deletes,
      );
    }
    suspects = new Set();
  };
  for await (const key of walkKeys(snapshot, incarnation, BODY_RANGE)) {
    suspects.add(inlineBodyIdOf(key));
    if (suspects.size === SUSPECTS) await judge();
  }
  if (suspects.size > 0) await judge();
}

async function checkDeletionQueue(
  run: ScrubRun,
  snapshot: MetadataSnapshot,
  { incarnation, name }: BucketRecord,
): Promise<void> {
  for await (const entry of walkRange(snapshot, incarnation, DELETION_RANGE)) {
    await run.breathe();
    try {
      blobToDelete(entry);
    } catch (error) {
      if (!(error instanceof CorruptRecord)) throw error;
      const { key, value } = entry;
      const removed =
        run.acceptsLoss &&
        (await run.metadata.commit(incarnation, [equals(key, value)], [remove(key)])) ===
          'committed';
      await run.report('damaged-queue-entry', { bucket: name }, error.message, removed);
    }
  }
}
