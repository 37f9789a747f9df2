import { type StorageClass, storageClasses } from '@openoss/protocol';
import { checkedContent, checkedValue } from './checked-value.js';
import { prefixSuccessor } from './engine/key-successor.js';
import { type Change, type Entry, put } from './engine/metadata-engine.js';

/**
 * The keys in a bucket's partition, which is named by the bucket's incarnation. Everything about
 * one object lies in it, so one commit can change all of it.
 *
 *     b<id>            a small body, its bytes as they are; ids are in the order of time
 *     c…               counters, see below
 *     d<blob id>       the deletion queue: blobs that no record names any more; nothing but a checksum,
 *                      for a flipped bit in such a key would have a living object's blob deleted
 *     e                the bucket's epoch; without it the bucket is no more
 *     o<object key>    object records
 */
const BODY = 'b';
const DELETION = 'd';
const DELETION_BYTE = DELETION.charCodeAt(0);
const OBJECT = 'o';

export const EPOCH_KEY = Buffer.from('e');

/** How many objects the bucket has, whatever their class: zero lets it be deleted. */
export const OBJECT_COUNT_KEY = Buffer.from('cn');

/** The digest of the bucket's object records (see `record-digest.ts`). */
export const DIGEST_KEY = Buffer.from('cx');

/** Object records, from the first to the last. */
export const OBJECT_RANGE = rangeOf(OBJECT);

/** Small bodies. */
export const BODY_RANGE = rangeOf(BODY);

/** The deletion queue. */
export const DELETION_RANGE = rangeOf(DELETION);

/** How many objects of a class the bucket has, and how many bytes they have. */
export const classCountKey = (storageClass: StorageClass): Buffer =>
  CLASS_COUNT_KEYS.get(storageClass) ?? Buffer.from(`cn:${storageClass}`);
export const classBytesKey = (storageClass: StorageClass): Buffer =>
  CLASS_BYTES_KEYS.get(storageClass) ?? Buffer.from(`cb:${storageClass}`);

// Every put touches the counters of its class: their keys are made once.
const CLASS_COUNT_KEYS = keysByClass('cn');
const CLASS_BYTES_KEYS = keysByClass('cb');

export const objectRecordKey = (objectKey: string): Buffer => Buffer.from(OBJECT + objectKey);

/** The object key of a record's key. */
export const objectKeyOf = (recordKey: Buffer): string => recordKey.toString('utf8', OBJECT.length);

/** The first key behind all object records whose keys begin as this record key does. */
export function behindRecordKeys(beginning: Buffer): Buffer {
  const behind = prefixSuccessor(beginning);
  // A record key begins with `o`, which has a successor.
  if (behind === undefined) throw new RangeError('Not the beginning of a record key');
  return behind;
}

/** The id of a small body's key. */
export const inlineBodyIdOf = (key: Buffer): string => key.toString('latin1', BODY.length);

export const inlineBodyKey = (id: string): Buffer => Buffer.from(BODY + id, 'latin1');

export const deletionKey = (blobId: string): Buffer => Buffer.from(DELETION + blobId, 'latin1');

const NOTHING = Buffer.alloc(0);

/** Enters a blob into the deletion queue. */
export function queuedForDeletion(blobId: string): Change {
  const key = deletionKey(blobId);
  return put(key, checkedValue(key, NOTHING));
}

/** The blob that an entry of the deletion queue names; throws CorruptRecord. */
export function blobToDelete({ key, value }: Entry): string {
  const blobId = key.toString('latin1', DELETION.length);
  checkedContent(key, value, () => `deletion queue entry ${blobId}`);
  return blobId;
}

/** The blob that a change of a bucket's partition enters into the deletion queue, if it does. */
export function unnamedBlob(change: Change): string | undefined {
  if (change.kind !== 'put' || change.key[0] !== DELETION_BYTE) return undefined;
  return change.key.toString('latin1', DELETION.length);
}

/** The value of the epoch key. */
export function epochValue(epoch: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(epoch);
  return value;
}

function keysByClass(prefix: string): ReadonlyMap<StorageClass, Buffer> {
  return new Map(storageClasses.map((name) => [name, Buffer.from(`${prefix}:${name}`)]));
}

function rangeOf(prefix: string): { readonly from: Buffer; readonly to: Buffer | undefined } {
  const from = Buffer.from(prefix);
  return { from, to: prefixSuccessor(from) };
}
