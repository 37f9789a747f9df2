import { crc32 } from 'node:zlib';
import type { BlobWriter } from './engine/blob-engine.js';
import type { NextObject } from './object-commits.js';
import type { ObjectBody } from './object-record.js';
import type { ReceivedBody } from './receive-body.js';
import { checkEnvelope, DataKey } from './sealing/data-key.js';
import { sealInline } from './sealing/inline-sealing.js';
import { type SealedBucket, sealRecord } from './sealing/record-seal.js';
import type { Sealing } from './sealing/sealing.js';

/** Where the bytes will be; an inline body goes by the revision it comes with. */
export function bodyOf(content: Buffer | BlobWriter, revision: string): ObjectBody {
  if (!Buffer.isBuffer(content)) return { kind: 'blob', id: content.id };
  if (content.length === 0) return { kind: 'empty' };
  return { kind: 'inline', id: revision, crc32: crc32(content) };
}

/** The key that a body is to be sealed with; throws a RangeError for what no record has room for. */
export function dataKeyOf({ cipher, dataKey, envelope }: Sealing): DataKey {
  checkEnvelope(envelope);
  return new DataKey(cipher, dataKey);
}

/** The same object with its inline body encrypted, as a blob has been already, and its record sealed. */
export function sealedObject(
  { record, inline }: NextObject,
  bucket: SealedBucket,
  { cipher, envelope }: Sealing,
  dataKey: DataKey,
): NextObject {
  const seal = sealRecord(dataKey, bucket, record, envelope);
  const sealed = { ...record, sealing: { cipher, envelope: Buffer.from(envelope), seal } };
  if (inline === undefined || record.body.kind !== 'inline') return { record: sealed };
  const bytes = sealInline(dataKey, record.body.id, inline);
  return { record: { ...sealed, body: { ...record.body, crc32: crc32(bytes) } }, inline: bytes };
}

/** Leaves nothing of a body that is not to be committed. */
export async function discardBody({ content }: ReceivedBody): Promise<void> {
  if (!Buffer.isBuffer(content)) await content.abort();
}
