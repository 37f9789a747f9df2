import { deletionKey, OBJECT_RANGE, objectKeyOf } from './bucket-partition.js';
import type { BucketRecord } from './bucket-record.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import { keySuccessor } from './engine/key-successor.js';
import type { MetadataEngine } from './engine/metadata-engine.js';
import { decodeObjectRecord } from './object-record-codec.js';

/** How many records are looked at before others get their turn. */
const BATCH = 500;

export interface NamedBlobsOptions {
  readonly metadata: MetadataEngine;
  /** Every bucket there is. */
  buckets(): AsyncIterable<BucketRecord>;
  readonly isStopped: () => boolean;
}

/**
 * Which of these blobs, all of ended sessions, a record or a deletion queue names. Looks through
 * every record of every bucket: for blobs of which nothing else tells whose they are. Undefined when
 * that cannot be said, for a record is damaged and may name any of them, or the store is being closed.
 */
export async function namedBlobs(
  ids: ReadonlySet<string>,
  { metadata, buckets, isStopped }: NamedBlobsOptions,
): Promise<ReadonlySet<string> | undefined> {
  const named = new Set<string>();
  for await (const { incarnation } of buckets()) {
    for (const id of ids) {
      if ((await metadata.get(incarnation, deletionKey(id))) !== undefined) named.add(id);
    }
    let { from } = OBJECT_RANGE;
    for (let full = true; full; ) {
      if (isStopped()) return undefined;
      const entries = await metadata.scan(incarnation, {
        from,
        to: OBJECT_RANGE.to,
        limit: BATCH,
      });
      for (const { key, value } of entries) {
        const id = blobNamedBy(key, value);
        if (id === 'unknown') return undefined;
        if (id !== undefined && ids.has(id)) named.add(id);
        from = keySuccessor(key);
      }
      full = entries.length === BATCH;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return named;
}

function blobNamedBy(key: Buffer, value: Buffer): string | undefined {
  try {
    const { body } = decodeObjectRecord(key, objectKeyOf(key), value);
    return body.kind === 'blob' ? body.id : undefined;
  } catch (error) {
    if (error instanceof CorruptRecord) return 'unknown';
    throw error;
  }
}
