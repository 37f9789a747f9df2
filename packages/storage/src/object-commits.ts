import { OssError } from '@openoss/protocol';
import {
  DIGEST_KEY,
  EPOCH_KEY,
  epochValue,
  inlineBodyKey,
  objectRecordKey,
  queuedForDeletion,
} from './bucket-partition.js';
import type { BucketRecord } from './bucket-record.js';
import { noSuchBucket } from './bucket-registry.js';
import { counterChanges } from './bucket-statistics.js';
import {
  absent,
  addWrapping,
  type Change,
  equals,
  type MetadataEngine,
  put,
  remove,
} from './engine/metadata-engine.js';
import type { IdSequence } from './id-sequence.js';
import { KeyQueue } from './key-queue.js';
import type { ObjectBody, ObjectRecord } from './object-record.js';
import { decodeObjectRecord, encodeObjectRecord } from './object-record-codec.js';
import { digestGrowth } from './record-digest.js';

/** What is to stand under a key; `inline` goes with a new body of that kind. */
export interface NextObject {
  readonly record: ObjectRecord;
  readonly inline?: Buffer;
}

/** What a commit did. */
export interface ObjectChange {
  readonly before: ObjectRecord | undefined;
  readonly after: ObjectRecord | undefined;
}

/**
 * Somebody else changed the key this often in between: a bug. In one process they stand in line;
 * over several, one of each is at the head, and whoever loses tries again at once. Of eight that are
 * equally fast one loses a hundred times in a row every million puts, and never a thousand times.
 */
const MAX_ATTEMPTS = 1000;

/**
 * The one place where an object comes, changes and goes: a record, its small body, the deletion
 * queue's entry for the blob it no longer names, the counters and the digest, in one commit that is
 * conditional on the bucket being there and the object being as it was judged.
 *
 * That is asked of the record itself, which begins with its revision, and not of a revision under a
 * key of its own: a third key would cost every put a third insertion, and a record is short.
 */
export class ObjectCommits {
  readonly #metadata: MetadataEngine;
  readonly #ids: IdSequence;
  readonly #onUnnamed: (incarnation: string, blobId: string) => void;
  readonly #queue = new KeyQueue();

  /** `onUnnamed` hears of each blob that a commit has put into the deletion queue. */
  constructor(
    metadata: MetadataEngine,
    ids: IdSequence,
    onUnnamed: (incarnation: string, blobId: string) => void,
  ) {
    this.#metadata = metadata;
    this.#ids = ids;
    this.#onUnnamed = onUnnamed;
  }

  /** A new revision, or the id of a body: unique, and later ones are greater. */
  nextId(): string {
    return this.#ids.next();
  }

  /** The object's record as it is now. */
  async read({ incarnation }: BucketRecord, key: string): Promise<ObjectRecord | undefined> {
    const recordKey = objectRecordKey(key);
    const stored = await this.#metadata.get(incarnation, recordKey);
    return stored === undefined ? undefined : decodeObjectRecord(recordKey, key, stored);
  }

  /**
   * Puts under the key what `decide` makes of what stands there; undefined deletes it, and to leave
   * nothing where nothing is commits nothing. `decide` throws to refuse; it is asked again when
   * somebody else was faster.
   */
  change(
    bucket: BucketRecord,
    key: string,
    decide: (existing: ObjectRecord | undefined) => NextObject | undefined,
  ): Promise<ObjectChange> {
    const { incarnation, epoch, name } = bucket;
    return this.#queue.run(`${incarnation}${key}`, async () => {
      const recordKey = objectRecordKey(key);
      const bucketIsThere = equals(EPOCH_KEY, epochValue(epoch));
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const stored = await this.#metadata.get(incarnation, recordKey);
        const before =
          stored === undefined ? undefined : decodeObjectRecord(recordKey, key, stored);
        const next = decide(before);
        const after = next?.record;
        if (before === undefined && after === undefined) return { before, after };
        const value = after === undefined ? undefined : encodeObjectRecord(recordKey, after);
        const asJudged = stored === undefined ? absent(recordKey) : equals(recordKey, stored);
        const outcome = await this.#metadata.commit(
          incarnation,
          [bucketIsThere, asJudged],
          [
            value === undefined ? remove(recordKey) : put(recordKey, value),
            ...bodyChanges(before?.body, next),
            ...counterChanges(before, after),
            addWrapping(DIGEST_KEY, digestGrowth(stored, value)),
          ],
        );
        if (outcome === 'committed') {
          if (before?.body.kind === 'blob' && !isSameBody(before.body, after?.body)) {
            this.#onUnnamed(incarnation, before.body.id);
          }
          return { before, after };
        }
        const found = await this.#metadata.get(incarnation, EPOCH_KEY);
        if (found === undefined) throw noSuchBucket(name);
      }
      throw new OssError('StaleFile', { details: { ObjectName: key } });
    });
  }
}

/** What becomes of the bytes: those of a body that goes, and those of one that comes inline. */
function bodyChanges(before: ObjectBody | undefined, next: NextObject | undefined): Change[] {
  const after = next?.record.body;
  if (isSameBody(before, after)) return [];
  const changes: Change[] = [];
  if (after?.kind === 'inline' && next?.inline !== undefined) {
    changes.push(put(inlineBodyKey(after.id), next.inline));
  }
  if (before?.kind === 'inline') changes.push(remove(inlineBodyKey(before.id)));
  if (before?.kind === 'blob') changes.push(queuedForDeletion(before.id));
  return changes;
}

function isSameBody(one: ObjectBody | undefined, other: ObjectBody | undefined): boolean {
  if (one === undefined || other === undefined || one.kind !== other.kind) return false;
  return one.kind === 'empty' || (other.kind !== 'empty' && one.id === other.id);
}
