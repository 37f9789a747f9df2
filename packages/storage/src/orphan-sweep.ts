import { deletionKey, objectRecordKey } from './bucket-partition.js';
import type { BucketRecord } from './bucket-record.js';
import type { BlobEngine, FoundBlob } from './engine/blob-engine.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import { type MetadataEngine, put, remove } from './engine/metadata-engine.js';
import type { Log } from './log.js';
import { namedBlobs } from './named-blobs.js';
import { decodeObjectRecord } from './object-record-codec.js';

/** The partition that remembers which ended sessions were walked: the session's id, no value. */
const SESSIONS = 'blob-sessions';

/** How many blobs are deleted at a time. */
const BATCH = 256;

const NOTHING = Buffer.alloc(0);

export interface OrphanSweepOptions {
  readonly metadata: MetadataEngine;
  readonly blobs: BlobEngine;
  /** Every bucket there is. */
  buckets(): AsyncIterable<BucketRecord>;
  /** Whether no record of the bucket is missing. */
  isWhole(incarnation: string): Promise<boolean>;
  readonly log: Log;
  readonly onDeleted: (count: number) => void;
  readonly isStopped: () => boolean;
}

/**
 * Deletes the blobs that writers left unnamed because they were killed between writing them and
 * committing. Only the blobs of ended sessions are looked at, for a living writer's may be named by
 * a commit that is still to come; and each session once, for no commit will ever name another of its
 * blobs. Where the records of a bucket are not whole nothing is deleted: a record that rot took away
 * makes its blob look like an orphan, and it may be all that is left of the object.
 */
export async function sweepOrphans(options: OrphanSweepOptions): Promise<void> {
  const { metadata, blobs, isStopped } = options;
  for (const session of await blobs.endedSessions()) {
    if (isStopped()) return;
    const marker = Buffer.from(session);
    const wasWalked = (await metadata.get(SESSIONS, marker)) !== undefined;
    if (!wasWalked && !(await walk(session, options))) continue;
    const isGone = await blobs.tidy(session);
    if (isGone && wasWalked) await metadata.commit(SESSIONS, [], [remove(marker)]);
    if (!isGone && !wasWalked) await metadata.commit(SESSIONS, [], [put(marker, NOTHING)]);
  }
}

/** Deletes a session's orphans; false when some are left, or it was stopped before the end. */
async function walk(session: string, options: OrphanSweepOptions): Promise<boolean> {
  const { metadata, blobs, onDeleted, isStopped, log } = options;
  let isDone = true;
  const unreadable = new Set<string>();
  let orphans: string[] = [];
  const deleteOrphans = async (): Promise<void> => {
    await blobs.deleteAll(orphans);
    onDeleted(orphans.length);
    orphans = [];
  };
  for await (const found of blobs.blobsOf(session)) {
    if (isStopped()) return false;
    if (found.binding === 'unreadable') {
      unreadable.add(found.id);
    } else if (await isOrphan(metadata, found)) {
      if (found.binding !== 'never-written' && !(await options.isWhole(found.binding.bucket))) {
        log.error(
          { blob: found.id, ...found.binding },
          'records are missing: a blob was left alone',
        );
        isDone = false;
        continue;
      }
      orphans.push(found.id);
      if (orphans.length === BATCH) await deleteOrphans();
    }
  }
  if (unreadable.size > 0) {
    const unnamed = await unnamedOf(unreadable, options);
    if (unnamed === undefined) return false;
    orphans.push(...unnamed);
  }
  if (orphans.length > 0) await deleteOrphans();
  return isDone;
}

/**
 * A header that makes no sense has rotted, or a crash tore it before its first flush: a long key's
 * header is more than one sector. The blob of a living object is left alone, for its bytes may still
 * be whole; what no record names is an orphan like others. Undefined when it was stopped.
 */
async function unnamedOf(
  unreadable: ReadonlySet<string>,
  options: OrphanSweepOptions,
): Promise<string[] | undefined> {
  const named = await namedBlobs(unreadable, options);
  if (options.isStopped()) return undefined;
  const unnamed: string[] = [];
  for (const id of unreadable) {
    if (named !== undefined && !named.has(id)) unnamed.push(id);
    else options.log.warn({ blob: id }, 'a blob whose header is damaged was left alone');
  }
  return unnamed;
}

/** Whether no record and no deletion queue names a blob of an ended session. */
export async function isOrphan(
  metadata: MetadataEngine,
  { id, binding }: FoundBlob,
): Promise<boolean> {
  // A blob is named only once it was flushed whole: what never reached the disk never was.
  if (typeof binding === 'string') return binding === 'never-written';
  const { bucket, key } = binding;
  // The deletion queue's entry has to go with the blob: leave both to it.
  if ((await metadata.get(bucket, deletionKey(id))) !== undefined) return false;
  const recordKey = objectRecordKey(key);
  const stored = await metadata.get(bucket, recordKey);
  if (stored === undefined) return true;
  try {
    const { body } = decodeObjectRecord(recordKey, key, stored);
    return body.kind !== 'blob' || body.id !== id;
  } catch (error) {
    // Nobody can tell what a damaged record names: keep everything it might.
    if (error instanceof CorruptRecord) return false;
    throw error;
  }
}
