import type { ObjectAcl, StorageClass } from '@openoss/protocol';
import { Packr } from 'msgpackr';
import { checkedContent, writeChecksum } from './checked-value.js';
import { CorruptRecord, unknownFormat } from './engine/corrupt-record.js';
import type {
  ObjectBody,
  ObjectRecord,
  ObjectSummary,
  ObjectType,
  Pair,
  Restoration,
} from './object-record.js';
import type { RecordSealing, SealingCipher } from './sealing/sealing.js';

/**
 * The stored form of an object record; numbers big-endian, strings with a byte of length:
 *
 *     1 byte   format: 1, or 2 with the fields of an encrypted body
 *     1 1 1    type, storage class, ACL: places in the tables below
 *     1        body: 0 empty, 1 inline, 2 blob
 *     1        flags: 1 restoration
 *     6        size
 *     8        last-modified, IEEE 754
 *     8        CRC-64 of the body
 *     4        CRC-32 of the body, if inline
 *     8 8 8    restoration: requested, ready, expires, IEEE 754; only with the flag
 *     strings  revision, body id, ETag, owner
 *     1 32 2 … cipher, seal, length of the envelope, envelope; only in format 2
 *     …        MessagePack [headers, metadata, tags], or nothing when all three are empty
 *     4        checksum (see `checked-value.ts`)
 *
 * What a listing needs stands in front, so it decodes no headers. Compatibility: the tables only
 * grow at their ends; new elements of the MessagePack array are added at its end, and a reader takes
 * a missing one for empty; every other change takes a new format byte, and every format that was
 * ever written stays readable.
 */
const FORMAT = 1;

/**
 * That of a record whose body is encrypted. A program that does not know it leaves the object alone, and
 * does not send what is sealed as if it were the object.
 */
const SEALED_FORMAT = 2;

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

const CIPHERS = codes<SealingCipher>({ AES256: 0, SM4: 1 });

const HAS_RESTORATION = 1;
const FIXED_BYTES = 32;
const RESTORATION_BYTES = 24;
const CRC_BYTES = 4;
const SEAL_BYTES = 32;
/** Of cipher, seal and the envelope's length. */
const SEALING_BYTES = 1 + SEAL_BYTES + 2;

const packr = new Packr({ useRecords: false });

/** The stored form of a record, under the key it will stand at. */
export function encodeObjectRecord(key: Buffer, record: ObjectRecord): Buffer {
  const { body, restoration, sealing } = record;
  const bodyId = body.kind === 'empty' ? '' : body.id;
  const texts = [record.revision, bodyId, record.etag, record.owner];
  const bags = encodeBags(record);
  let length = FIXED_BYTES + bags.length + CRC_BYTES;
  if (restoration !== undefined) length += RESTORATION_BYTES;
  for (const text of texts) length += 1 + Buffer.byteLength(text);
  if (sealing !== undefined) length += SEALING_BYTES + sealing.envelope.length;

  const value = Buffer.allocUnsafe(length);
  value[0] = sealing === undefined ? FORMAT : SEALED_FORMAT;
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
  if (sealing !== undefined) at = writeSealing(value, at, sealing);
  bags.copy(value, at);
  writeChecksum(key, value);
  return value;
}

/** A record from its stored form; throws {@link CorruptRecord} when that is not whole. */
export function decodeObjectRecord(key: Buffer, objectKey: string, value: Buffer): ObjectRecord {
  const content = verified(key, objectKey, value);
  const revisionAt = textsAt(content);
  const bodyIdAt = behindText(content, revisionAt);
  const sealingAt = behindText(content, behindText(content, behindText(content, bodyIdAt)));
  const sealing =
    content[0] === SEALED_FORMAT ? decodeSealing(content, sealingAt, objectKey) : undefined;
  const bagsAt =
    sealing === undefined ? sealingAt : sealingAt + SEALING_BYTES + sealing.envelope.length;
  const [headers = [], metadata = [], tags = []] = decodeBags(content.subarray(bagsAt));
  const summary = decodeSummary(content, objectKey);
  const record: ObjectRecord = {
    key: objectKey,
    type: summary.type,
    size: summary.size,
    etag: summary.etag,
    lastModified: summary.lastModified,
    storageClass: summary.storageClass,
    owner: summary.owner,
    revision: textAt(content, revisionAt),
    crc64: content.readBigUInt64BE(20),
    acl: named(ACLS, content, 3, objectKey),
    headers,
    metadata,
    tags,
    body: decodeBody(content, objectKey, bodyIdAt),
  };
  const { restoration } = summary;
  if (restoration === undefined && sealing === undefined) return record;
  return {
    ...record,
    ...(restoration === undefined ? {} : { restoration }),
    ...(sealing === undefined ? {} : { sealing }),
  };
}

/** What a listing tells of an object, from its record's stored form. */
export function decodeObjectSummary(key: Buffer, objectKey: string, value: Buffer): ObjectSummary {
  return decodeSummary(verified(key, objectKey, value), objectKey);
}

function verified(key: Buffer, objectKey: string, value: Buffer): Buffer {
  const content = checkedContent(key, value, () => `object record ${objectKey}`);
  if (content[0] !== FORMAT && content[0] !== SEALED_FORMAT) {
    throw corrupt(objectKey, unknownFormat(content[0], SEALED_FORMAT));
  }
  return content;
}

/** Passes over what a listing does not tell: a page of it decodes a thousand records. */
function decodeSummary(content: Buffer, objectKey: string): ObjectSummary {
  const etagAt = behindText(content, behindText(content, textsAt(content)));
  const summary = {
    key: objectKey,
    type: named(TYPES, content, 1, objectKey),
    size: content.readUIntBE(6, 6),
    etag: textAt(content, etagAt),
    lastModified: content.readDoubleBE(12),
    storageClass: named(STORAGE_CLASSES, content, 2, objectKey),
    owner: textAt(content, behindText(content, etagAt)),
  };
  if (content[5] !== HAS_RESTORATION) return summary;
  return { ...summary, restoration: decodeRestoration(content) };
}

function decodeBody(content: Buffer, objectKey: string, idAt: number): ObjectBody {
  const kind = named(BODY_KINDS, content, 4, objectKey);
  if (kind === 'empty') return { kind };
  const id = textAt(content, idAt);
  return kind === 'blob' ? { kind, id } : { kind, id, crc32: content.readUInt32BE(28) };
}

function decodeRestoration(content: Buffer): Restoration {
  return {
    requestedAt: content.readDoubleBE(FIXED_BYTES),
    readyAt: content.readDoubleBE(FIXED_BYTES + 8),
    expiresAt: content.readDoubleBE(FIXED_BYTES + 16),
  };
}

function writeSealing(value: Buffer, from: number, sealing: RecordSealing): number {
  const { cipher, seal, envelope } = sealing;
  if (seal.length !== SEAL_BYTES) throw new RangeError(`A seal of ${seal.length} bytes`);
  value[from] = CIPHERS.codeOf[cipher];
  seal.copy(value, from + 1);
  const at = value.writeUInt16BE(envelope.length, from + 1 + SEAL_BYTES);
  return at + envelope.copy(value, at);
}

function decodeSealing(content: Buffer, at: number, objectKey: string): RecordSealing {
  const sealAt = at + 1;
  const lengthAt = sealAt + SEAL_BYTES;
  const envelopeAt = at + SEALING_BYTES;
  return {
    cipher: named(CIPHERS, content, at, objectKey),
    seal: content.subarray(sealAt, lengthAt),
    envelope: content.subarray(envelopeAt, envelopeAt + content.readUInt16BE(lengthAt)),
  };
}

/** Where the first of the four texts begins. */
const textsAt = (content: Buffer): number =>
  content[5] === HAS_RESTORATION ? FIXED_BYTES + RESTORATION_BYTES : FIXED_BYTES;

const behindText = (content: Buffer, at: number): number => at + 1 + (content[at] ?? 0);

const textAt = (content: Buffer, at: number): string =>
  content.toString('utf8', at + 1, behindText(content, at));

function named<T extends string>(
  { nameOf }: Codes<T>,
  content: Buffer,
  at: number,
  objectKey: string,
): T {
  const name = nameOf.get(content[at] ?? 0xff);
  if (name === undefined) throw corrupt(objectKey, `unknown code ${content[at]} at ${at}`);
  return name;
}

function corrupt(objectKey: string, reason: string): CorruptRecord {
  return new CorruptRecord(`object record ${objectKey}`, reason);
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
