import { OssError } from '@openoss/protocol';
import type { BucketRecord } from './bucket-record.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import { type Awaitable, EngineFailed } from './engine/metadata-engine.js';
import type { NextObject, ObjectCommits } from './object-commits.js';
import { openObject, type ReadingParts } from './object-reading.js';
import type { ObjectRecord } from './object-record.js';
import type { OpenedObject } from './object-store.js';
import type { PutObjectParts } from './put-object.js';
import { type ReceivedBody, receiveBody } from './receive-body.js';
import { isSameBody } from './same-body.js';
import type { DataKey } from './sealing/data-key.js';
import type { OpenEnvelope, Sealing } from './sealing/sealing.js';
import { bodyOf, dataKeyOf, discardBody, sealedObject } from './stored-body.js';

export interface ResealParts
  extends Omit<PutObjectParts, 'registry' | 'clock' | 'blobs'>,
    ReadingParts {
  readonly blobs: PutObjectParts['blobs'];
  readonly commits: ObjectCommits;
}

/** How a body is to be written anew. */
export interface Reseal {
  /** Sees the record whose body would be, before any byte is read: throws to refuse. */
  readonly inspect?: ((record: ObjectRecord) => void) | undefined;
  /** Asked where the body is encrypted now. */
  readonly openEnvelope: OpenEnvelope;
  /** What the body is to be encrypted with; undefined leaves it in the clear. */
  readonly seal: (record: ObjectRecord) => Awaitable<Sealing | undefined>;
  /** Hears of plain bytes that were read. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** Ends it in between: nothing has happened then. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the body of an object anew, sealed otherwise, and has the record name the new one; all that a client
 * sees of the object stays as it is, the moment of its last change too. The old body goes as that of an
 * overwritten object does. A crash on the way leaves a body that no record names.
 *
 * Resolves with undefined, and leaves things as they are, where the body is another by then or the object is
 * gone: whoever was faster wins. What was changed beside the body (tags, ACL) is kept.
 */
export async function resealObject(
  parts: ResealParts,
  bucket: BucketRecord,
  key: string,
  reseal: Reseal,
): Promise<ObjectRecord | undefined> {
  const { inspect, openEnvelope, seal } = reseal;
  const opened = await openObject(
    parts,
    parts.commits,
    bucket,
    key,
    (record) => inspect?.(record),
    openEnvelope,
  );
  if (opened === undefined) throw new OssError('NoSuchKey', { details: { Key: key } });
  let received: ReceivedBody | undefined;
  try {
    const sealing = await seal(opened.record);
    const dataKey = sealing && dataKeyOf(sealing);
    received = await copyBody(parts, bucket, opened, dataKey, reseal);
    return await commitCopy(parts, bucket, opened.record, received, (next) =>
      sealing === undefined || dataKey === undefined
        ? next
        : sealedObject(next, bucket, sealing, dataKey),
    );
  } catch (error) {
    // After a failed flush nobody knows what is on disk: the record may name the blob.
    if (received !== undefined && !(error instanceof EngineFailed)) await discardBody(received);
    if (error instanceof Replaced) return undefined;
    throw error;
  } finally {
    await opened.close();
  }
}

/** Ends an attempt: the object is another one by now. */
class Replaced extends Error {}

async function copyBody(
  parts: ResealParts,
  bucket: BucketRecord,
  opened: OpenedObject,
  dataKey: DataKey | undefined,
  { onBytes, signal }: Reseal,
): Promise<ReceivedBody> {
  const { blobs, space, inlineLimit } = parts;
  const { key, size, crc64 } = opened.record;
  space.admit(size > inlineLimit ? 'blob' : 'record', size);
  const received = await receiveBody(watched(opened, inlineLimit, onBytes, signal), {
    ...parts,
    size,
    maxBytes: size,
    sealing: dataKey === undefined ? undefined : { ...parts, dataKey },
    createBlob: (expectedSize, tap) =>
      blobs.create({ bucket: bucket.incarnation, key }, expectedSize, tap),
  });
  // The record is to vouch for the new body as it did for the old one.
  if (received.crc64 === crc64) return received;
  await discardBody(received);
  throw new CorruptRecord(`body of object ${key}`, 'its bytes are not those that were put');
}

/** The bytes of a body, counted. Those that are gathered before they are written have to stay as they are. */
async function* watched(
  opened: OpenedObject,
  inlineLimit: number,
  onBytes: Reseal['onBytes'],
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  let read = 0;
  for await (const piece of opened.read()) {
    signal?.throwIfAborted();
    read += piece.length;
    onBytes?.(piece.length);
    yield read <= inlineLimit ? Buffer.from(piece) : piece;
  }
}

async function commitCopy(
  { commits, space }: ResealParts,
  bucket: BucketRecord,
  copied: ObjectRecord,
  { content }: ReceivedBody,
  sealed: (next: NextObject) => NextObject,
): Promise<ObjectRecord | undefined> {
  // A blob has been written already, and its record is short.
  const taken = Buffer.isBuffer(content) ? Math.max(1, content.length) : 0;
  if (taken > 0) space.take('record', taken);
  try {
    const { after } = await commits.change(bucket, copied.key, (existing) => {
      if (existing === undefined || !isSameBody(existing, copied)) throw new Replaced();
      const revision = commits.nextId();
      const body = bodyOf(content, revision);
      const record: ObjectRecord = { ...existing, revision, body, sealing: undefined };
      const isInline = body.kind === 'inline' && Buffer.isBuffer(content);
      return sealed(isInline ? { record, inline: content } : { record });
    });
    return after;
  } finally {
    space.release(taken);
  }
}
