import { checkedContent } from '../checked-value.js';
import { CorruptRecord } from '../engine/corrupt-record.js';
import { decodeCounter, encodeCounter, WRAP, wrapped } from '../engine/counter-value.js';
import {
  add,
  addWrapping,
  type Entry,
  equals,
  type MetadataSnapshot,
  put,
} from '../engine/metadata-engine.js';
import { digestOf, TALLY_COUNT_KEY, TALLY_DIGEST_KEY } from '../record-digest.js';
import { walkRange } from '../walk-range.js';
import type { FindingKind } from './scrub-finding.js';
import type { Place, ScrubRun } from './scrub-run.js';

/** A counter as it is kept, and its stored form where that is damaged. */
export interface KeptCounter {
  readonly key: Buffer;
  /** Undefined where it fails its checksum. */
  readonly sum: number | undefined;
  readonly stored: Buffer | undefined;
}

export async function readCounter(
  source: Pick<MetadataSnapshot, 'get'>,
  partition: string,
  key: Buffer,
): Promise<KeptCounter> {
  const stored = await source.get(partition, key);
  try {
    return { key, stored, sum: decodeCounter(stored) };
  } catch (error) {
    if (error instanceof CorruptRecord) return { key, stored, sum: undefined };
    throw error;
  }
}

/**
 * Makes a counter what was counted, whatever is committed meanwhile: what is added to it since adds
 * to the right sum as well, and one that fails its checksum has refused every change.
 */
export async function recount(
  run: ScrubRun,
  partition: string,
  { key, sum, stored }: KeptCounter,
  counted: number,
  wraps: boolean,
): Promise<boolean> {
  if (sum === counted) return true;
  const outcome =
    sum === undefined
      ? await run.metadata.commit(partition, stored === undefined ? [] : [equals(key, stored)], [
          put(key, encodeCounter(counted)),
        ])
      : await run.metadata.commit(
          partition,
          [],
          [wraps ? addWrapping(key, wrapped(counted - sum + WRAP)) : add(key, counted - sum)],
        );
  return outcome === 'committed';
}

export interface TalliedPartition {
  readonly partition: string;
  readonly ranges: readonly { readonly from: Buffer; readonly to: Buffer | undefined }[];
  /** How a value that fails its checksum is reported, and how a digest that does not fit. */
  readonly damagedKind: FindingKind;
  readonly lostKind: FindingKind;
  /** What the values are, for the report. */
  readonly what: string;
  placeOf(key: Buffer): Place;
  onEntry?(entry: Entry): Promise<void>;
}

/** Compares the checked values of a partition with its count and its digest; true when they fit. */
export async function scrubTally(
  run: ScrubRun,
  snapshot: MetadataSnapshot,
  { partition, ranges, damagedKind, lostKind, what, placeOf, onEntry }: TalliedPartition,
): Promise<boolean> {
  let count = 0;
  let digest = 0;
  let damaged = 0;
  for (const range of ranges) {
    for await (const entry of walkRange(snapshot, partition, range)) {
      await run.breathe();
      const { key, value } = entry;
      try {
        checkedContent(key, value, () => what);
      } catch (error) {
        if (!(error instanceof CorruptRecord)) throw error;
        damaged++;
        await run.report(damagedKind, placeOf(key), error.message);
      }
      count++;
      digest = wrapped(digest + digestOf(value));
      await onEntry?.(entry);
    }
  }
  const keptCount = await readCounter(snapshot, partition, TALLY_COUNT_KEY);
  const keptDigest = await readCounter(snapshot, partition, TALLY_DIGEST_KEY);
  const fits = keptCount.sum === count && keptDigest.sum === digest;
  // That a value which is damaged does not add up to the digest says nothing new.
  if (!fits && (damaged === 0 || keptCount.sum !== count)) {
    const repaired =
      run.acceptsLoss &&
      damaged === 0 &&
      (await recount(run, partition, keptCount, count, false)) &&
      (await recount(run, partition, keptDigest, digest, true));
    await run.report(lostKind, {}, mismatch(what, count, keptCount.sum), repaired);
  }
  return fits && damaged === 0;
}

/** Says how a count or a digest does not fit. */
export function mismatch(what: string, count: number, kept: number | undefined): string {
  if (kept === undefined) return `the count of ${what} fails its checksum`;
  if (kept !== count) return `${count} ${what} are there, ${kept} were counted`;
  return `${count} ${what} are there, as were counted, but not the same: their digest is another`;
}
