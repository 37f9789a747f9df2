import { crc32 } from 'node:zlib';
import { inlineBodyKey } from './bucket-partition.js';
import type { BucketRecord } from './bucket-record.js';
import { type BlobEngine, BlobGone, type BlobReader } from './engine/blob-engine.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import type { MetadataEngine } from './engine/metadata-engine.js';
import type { ObjectCommits } from './object-commits.js';
import type { ObjectRecord } from './object-record.js';
import type { ByteRange, OpenedObject } from './object-store.js';
import type { DataKey } from './sealing/data-key.js';
import { openInline } from './sealing/inline-sealing.js';
import { verifiedDataKey } from './sealing/record-seal.js';
import { SealedReader, type SealedReaderParts } from './sealing/sealed-reader.js';
import { storedSize } from './sealing/sealed-size.js';
import { isSealed, type OpenEnvelope, type SealedRecord } from './sealing/sealing.js';

const EMPTY = Buffer.alloc(0);

/** Looks at a record before its body is opened: throws to refuse, or says which bytes to read. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that only refuses returns nothing.
export type Inspection = (record: ObjectRecord) => ByteRange | undefined | void;

export interface ReadingParts extends SealedReaderParts {
  readonly metadata: MetadataEngine;
  readonly blobs: Pick<BlobEngine, 'open'>;
}

/**
 * Opens an object so that record and bytes belong together. The body may go between the reading of
 * the record and the opening of the body, for the object was replaced or deleted; then the record is
 * read again. That a body is missing while its record still names it is damage.
 */
export async function openObject(
  engines: ReadingParts,
  commits: ObjectCommits,
  bucket: BucketRecord,
  key: string,
  inspect: Inspection | undefined,
  openEnvelope?: OpenEnvelope,
): Promise<OpenedObject | undefined> {
  let missing: string | undefined;
  for (;;) {
    const record = await commits.read(bucket, key);
    if (record === undefined) return undefined;
    const range = inspect?.(record) ?? { start: 0, end: record.size };
    checkRange(range, record.size);
    const { body } = record;
    const dataKey = isSealed(record) ? await dataKeyOf(record, bucket, openEnvelope) : undefined;
    if (body.kind === 'empty') return new InlineObject(record, range, EMPTY);
    if (missing === body.id) throw new CorruptRecord(`object ${key}`, 'its body is missing');
    if (body.kind === 'inline') {
      const bytes = await engines.metadata.get(bucket.incarnation, inlineBodyKey(body.id));
      if (bytes !== undefined) {
        if (bytes.length !== storedSize(record) || crc32(bytes) !== body.crc32) {
          throw new CorruptRecord(`body of object ${key}`, 'checksum mismatch');
        }
        const plain = dataKey === undefined ? bytes : openInline(dataKey, body.id, bytes);
        if (plain === undefined) {
          throw new CorruptRecord(`body of object ${key}`, 'it is not what was sealed');
        }
        return new InlineObject(record, range, plain);
      }
    } else {
      const reader = await openBlob(engines.blobs, bucket, key, body.id);
      if (reader !== undefined) {
        if (reader.size === storedSize(record)) {
          return new BlobObject(
            record,
            range,
            dataKey === undefined
              ? reader
              : new SealedReader(engines, reader, record.size, dataKey.forBody(body.id)),
          );
        }
        await reader.close();
        throw new CorruptRecord(`object ${key}`, 'its blob has another size');
      }
    }
    missing = body.id;
  }
}

async function dataKeyOf(
  record: SealedRecord,
  bucket: BucketRecord,
  openEnvelope: OpenEnvelope | undefined,
): Promise<DataKey> {
  if (openEnvelope === undefined) {
    throw new Error(`Object ${record.key} is encrypted, and nobody was told to open its envelope`);
  }
  return verifiedDataKey(await openEnvelope(record), bucket, record);
}

async function openBlob(
  blobs: Pick<BlobEngine, 'open'>,
  { incarnation }: BucketRecord,
  key: string,
  id: string,
): Promise<BlobReader | undefined> {
  try {
    return await blobs.open(id, { bucket: incarnation, key });
  } catch (error) {
    if (error instanceof BlobGone) return undefined;
    throw error;
  }
}

function checkRange({ start, end }: ByteRange, size: number): void {
  if (!(start >= 0 && start <= end && end <= size)) {
    throw new RangeError(`The object has ${size} bytes, not ${start} to ${end}`);
  }
}

/** An object whose bytes are in memory, verified. */
class InlineObject implements OpenedObject {
  readonly record: ObjectRecord;
  readonly range: ByteRange;
  readonly inline: Buffer;
  readonly #bytes: Buffer;

  constructor(record: ObjectRecord, range: ByteRange, bytes: Buffer) {
    this.record = record;
    this.range = range;
    this.inline = bytes.subarray(range.start, range.end);
    this.#bytes = bytes;
  }

  async *read(range = this.range): AsyncGenerator<Buffer, void, undefined> {
    checkRange(range, this.record.size);
    if (range.start < range.end) yield this.#bytes.subarray(range.start, range.end);
  }

  async close(): Promise<void> {}
}

/** An object whose bytes are in a blob. */
class BlobObject implements OpenedObject {
  readonly record: ObjectRecord;
  readonly range: ByteRange;
  readonly inline = undefined;
  readonly #reader: BlobReader | SealedReader;

  constructor(record: ObjectRecord, range: ByteRange, reader: BlobReader | SealedReader) {
    this.record = record;
    this.range = range;
    this.#reader = reader;
  }

  read({ start, end }: ByteRange = this.range): AsyncIterable<Buffer> {
    return this.#reader.read(start, end);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
