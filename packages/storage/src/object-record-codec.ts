import type { ObjectAcl, StorageClass } from '@openoss/protocol';
import { Packr } from 'msgpackr';
import { checkedContent, writeChecksum } from './checked-value.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import type {
  ObjectBody,
  ObjectRecord,
  ObjectSummary,
  ObjectType,
  Pair,
  Restoration,
} from './object-record.js';

/**
 * The stored form of an object record, format 1; numbers big-endian, strings with a byte of length:
 *
 *     1 byte   format
 *     1 1 1    type, storage class, ACL: places in the tables below
 *     1        body: 0 empty, 1 inline, 2 blob
 *     1        flags: 1 restoration
 *     6        size
 *     8        last-modified, IEEE 754
 *     8        CRC-64 of the body
 *     4        CRC-32 of the body, if inline
 *     8 8 8    restoration: requested, ready, expires, IEEE 754; only with the flag
 *     strings  revision, body id, ETag, owner
 *     …        MessagePack [headers, metadata, tags], or nothing when all three are empty
 *     4        checksum (see `checked-value.ts`)
 *
 * What a listing needs stands in front, so it decodes no headers. Compatibility: the tables only
 * grow at their ends; new elements of the MessagePack array are added at its end, and a reader takes
 * a missing one for empty; every other change takes a new format byte, and every format that was
 * ever written stays readable.
 */
const FORMAT = 1;

// The protocol's lists are ordered for people; these codes are stored and never change.
const TYPES = codes<ObjectType>({ Normal: 0 });
const STORAGE_CLASSES = codes<StorageClass>({
  Standard: 0,
  IA: 1,
  Archive: 2,
  ColdArchive: 3,
  DeepColdArchive: 4,
});
const ACLS = codes<ObjectAcl>({
  default: 0,
  private: 1,
  'public-read': 2,
  'public-read-write': 3,
});
const BODY_KINDS = codes<ObjectBody['kind']>({ empty: 0, inline: 1, blob: 2 });

const HAS_RESTORATION = 1;
const FIXED_BYTES = 32;
const RESTORATION_BYTES = 24;
const CRC_BYTES = 4;

const packr = new Packr({ useRecords: false });

/** The stored form of a record, under the key it will stand at. */
export function encodeObjectRecord(key: Buffer, record: ObjectRecord): Buffer {
  const { body, restoration } = record;
  const bodyId = body.kind === 'empty' ? '' : body.id;
  const texts = [record.revision, bodyId, record.etag, record.owner];
  const bags = encodeBags(record);
  let length = FIXED_BYTES + bags.length + CRC_BYTES;
  if (restoration !== undefined) length += RESTORATION_BYTES;
  for (const text of texts) length += 1 + Buffer.byteLength(text);

  const value = Buffer.allocUnsafe(length);
  value[0] = FORMAT;
  value[1] = TYPES.codeOf[record.type];
  value[2] = STORAGE_CLASSES.codeOf[record.storageClass];
  value[3] = ACLS.codeOf[record.acl];
  value[4] = BODY_KINDS.codeOf[body.kind];
  value[5] = restoration === undefined ? 0 : HAS_RESTORATION;
  value.writeUIntBE(record.size, 6, 6);
  value.writeDoubleBE(record.lastModified, 12);
  value.writeBigUInt64BE(record.crc64, 20);
  value.writeUInt32BE(body.kind === 'inline' ? body.crc32 : 0, 28);
  let at = FIXED_BYTES;
  if (restoration !== undefined) {
    at = value.writeDoubleBE(restoration.requestedAt, at);
    at = value.writeDoubleBE(restoration.readyAt, at);
    at = value.writeDoubleBE(restoration.expiresAt, at);
  }
  for (const text of texts) {
    const bytes = value.write(text, at + 1);
    if (bytes > 0xff) throw new RangeError(`${text} is too long for an object record`);
    value[at] = bytes;
    at += 1 + bytes;
  }
  bags.copy(value, at);
  writeChecksum(key, value);
  return value;
}

/** A record from its stored form; throws {@link CorruptRecord} when that is not whole. */
export function decodeObjectRecord(key: Buffer, objectKey: string, value: Buffer): ObjectRecord {
  const cursor = new RecordCursor(key, objectKey, value);
  return { ...cursor.summary(), ...cursor.details() };
}

/** What a listing tells of an object, from its record's stored form. */
export function decodeObjectSummary(key: Buffer, objectKey: string, value: Buffer): ObjectSummary {
  return new RecordCursor(key, objectKey, value).summary();
}

/** Reads a record's stored form, front to back as far as is needed. */
class RecordCursor {
  readonly #objectKey: string;
  readonly #content: Buffer;
  #revision = '';
  #bodyId = '';
  #bagsAt = 0;

  constructor(key: Buffer, objectKey: string, value: Buffer) {
    this.#objectKey = objectKey;
    this.#content = checkedContent(key, value, () => `object record ${objectKey}`);
    if (this.#content[0] !== FORMAT) throw this.#corrupt(`unknown format ${this.#content[0]}`);
  }

  summary(): ObjectSummary {
    const content = this.#content;
    const restoration = content[5] === HAS_RESTORATION ? this.#restoration() : undefined;
    let at = FIXED_BYTES + (restoration === undefined ? 0 : RESTORATION_BYTES);
    const text = (): string => {
      const length = content[at] ?? 0;
      const start = at + 1;
      at = start + length;
      return content.toString('utf8', start, at);
    };
    this.#revision = text();
    this.#bodyId = text();
    const etag = text();
    const owner = text();
    this.#bagsAt = at;
    return {
      key: this.#objectKey,
      type: this.#named(TYPES, 1),
      size: content.readUIntBE(6, 6),
      etag,
      lastModified: content.readDoubleBE(12),
      storageClass: this.#named(STORAGE_CLASSES, 2),
      owner,
      ...(restoration === undefined ? {} : { restoration }),
    };
  }

  /** The rest; to be asked for after the summary. */
  details(): Omit<ObjectRecord, keyof ObjectSummary> {
    const [headers = [], metadata = [], tags = []] = decodeBags(
      this.#content.subarray(this.#bagsAt),
    );
    return {
      revision: this.#revision,
      crc64: this.#content.readBigUInt64BE(20),
      acl: this.#named(ACLS, 3),
      headers,
      metadata,
      tags,
      body: this.#body(),
    };
  }

  #body(): ObjectBody {
    const kind = this.#named(BODY_KINDS, 4);
    if (kind === 'empty') return { kind };
    if (kind === 'blob') return { kind, id: this.#bodyId };
    return { kind, id: this.#bodyId, crc32: this.#content.readUInt32BE(28) };
  }

  #restoration(): Restoration {
    return {
      requestedAt: this.#content.readDoubleBE(FIXED_BYTES),
      readyAt: this.#content.readDoubleBE(FIXED_BYTES + 8),
      expiresAt: this.#content.readDoubleBE(FIXED_BYTES + 16),
    };
  }

  #named<T extends string>({ nameOf }: Codes<T>, at: number): T {
    const name = nameOf.get(this.#content[at] ?? 0xff);
    if (name === undefined) throw this.#corrupt(`unknown code ${this.#content[at]} at ${at}`);
    return name;
  }

  #corrupt(reason: string): CorruptRecord {
    return new CorruptRecord(`object record ${this.#objectKey}`, reason);
  }
}

const NOTHING = Buffer.alloc(0);

function encodeBags({ headers, metadata, tags }: ObjectRecord): Buffer {
  if (headers.length + metadata.length + tags.length === 0) return NOTHING;
  return packr.pack([headers, metadata, tags]);
}

function decodeBags(bytes: Buffer): readonly (readonly Pair[])[] {
  // What was packed is what comes out: the checksum was right, and this module wrote it.
  return bytes.length === 0 ? [] : packr.unpack(bytes);
}

/** Names and the bytes they are stored as. */
interface Codes<T extends string> {
  readonly codeOf: Readonly<Record<T, number>>;
  readonly nameOf: ReadonlyMap<number, T>;
}

function codes<T extends string>(codeOf: Record<T, number>): Codes<T> {
  const nameOf = new Map<number, T>();
  for (const name in codeOf) nameOf.set(codeOf[name], name);
  return { codeOf, nameOf };
}
