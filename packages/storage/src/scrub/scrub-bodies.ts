import { crc32 } from 'node:zlib';
import type { Crc64Engine } from '@openoss/protocol';
import { inlineBodyKey, OBJECT_RANGE, objectKeyOf } from '../bucket-partition.js';
import type { BucketRecord } from '../bucket-record.js';
import { BlobGone, type BlobReader, CorruptBlob } from '../engine/blob-engine.js';
import { CorruptRecord } from '../engine/corrupt-record.js';
import { hasErrorCode } from '../engine/disk.js';
import type { ObjectRecord } from '../object-record.js';
import { decodeObjectRecord } from '../object-record-codec.js';
import { storedSize } from '../sealing/sealed-size.js';
import { walkRange } from '../walk-range.js';
import type { FindingKind } from './scrub-finding.js';
import type { ScrubRun } from './scrub-run.js';

interface Fault {
  readonly kind: Extract<FindingKind, 'missing-body' | 'damaged-body'>;
  readonly what: string;
}

/**
 * Reads the body of every object of a bucket and verifies it: each block, and the whole against the
 * record's CRC-64, which of an encrypted one only those can reckon who have its key. Records are taken as they are when their turn comes; what changes meanwhile is
 * looked at again before anything is said of it.
 */
export async function scrubBodies(
  run: ScrubRun,
  { incarnation, name }: BucketRecord,
  crc64: Crc64Engine,
): Promise<void> {
  for await (const { key, value } of walkRange(run.metadata, incarnation, OBJECT_RANGE)) {
    await run.breathe();
    const objectKey = objectKeyOf(key);
    const record = recordOf(key, objectKey, value);
    if (record === undefined) continue;
    const fault = await faultOf(run, incarnation, record, crc64);
    run.counts.bodies++;
    if (fault === undefined) continue;
    const now = await run.metadata.get(incarnation, key);
    // Replaced or deleted while it was read: its body may go then.
    if (now?.equals(value) !== true) continue;
    await run.report(fault.kind, { bucket: name, key: objectKey }, fault.what);
  }
}

/** Undefined for a record that is damaged: that was reported when the records were counted. */
function recordOf(key: Buffer, objectKey: string, value: Buffer): ObjectRecord | undefined {
  try {
    return decodeObjectRecord(key, objectKey, value);
  } catch (error) {
    if (error instanceof CorruptRecord) return undefined;
    throw error;
  }
}

async function faultOf(
  run: ScrubRun,
  incarnation: string,
  record: ObjectRecord,
  crc64: Crc64Engine,
): Promise<Fault | undefined> {
  const { body, key, size, sealing } = record;
  if (body.kind === 'empty') {
    return size === 0 ? undefined : damaged(`its record has ${size} bytes and no body`);
  }
  const stored = storedSize(record);
  if (body.kind === 'inline') {
    const bytes = await run.metadata.get(incarnation, inlineBodyKey(body.id));
    if (bytes === undefined) return missing(`its body ${body.id} is not there`);
    await run.pace(bytes.length);
    if (bytes.length !== stored) {
      return damaged(`its body has ${bytes.length} bytes, not ${stored}`);
    }
    if (crc32(bytes) !== body.crc32) return damaged('its body fails its checksum');
    if (sealing !== undefined) return undefined;
    return crc64.whole(bytes) === record.crc64 ? undefined : damaged(OTHER_CRC64);
  }
  let reader: BlobReader | undefined;
  try {
    reader = await run.blobs.open(body.id, { bucket: incarnation, key });
    if (reader.size !== stored) {
      return damaged(`blob ${body.id} has ${reader.size} bytes, not ${stored}`);
    }
    return await blobFault(run, reader, record, crc64);
  } catch (error) {
    if (error instanceof BlobGone) return missing(`blob ${body.id} is not there`);
    if (error instanceof CorruptBlob) return damaged(error.message);
    if (hasErrorCode(error, 'EIO')) return damaged(`blob ${body.id} cannot be read (EIO)`);
    throw error;
  } finally {
    await reader?.close();
  }
}

async function blobFault(
  run: ScrubRun,
  reader: BlobReader,
  record: ObjectRecord,
  crc64: Crc64Engine,
): Promise<Fault | undefined> {
  const running = crc64.start();
  for await (const span of reader.read(0, reader.size)) {
    if (record.sealing === undefined) running.update(span);
    await run.pace(span.length);
  }
  if (record.sealing !== undefined) return undefined;
  return running.digest() === record.crc64 ? undefined : damaged(OTHER_CRC64);
}

const OTHER_CRC64 = 'its bytes have another CRC-64 than its record';
const missing = (what: string): Fault => ({ kind: 'missing-body', what });
const damaged = (what: string): Fault => ({ kind: 'damaged-body', what });
