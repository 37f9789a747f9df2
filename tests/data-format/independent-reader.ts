/**
 * Reads a data directory as docs/data-format.md describes it, and from nothing else: no code of the
 * packages is used, only LMDB. What the server writes and the page says are held together by it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { unpackOne } from './message-pack.js';
import { openSealed, type ReadSealing } from './sealed-reader.js';

/** As much of the npm package `lmdb`, which the storage package depends on, as is used here. */
interface Lmdb {
  open(options: object): {
    getRange(options: object): Iterable<{ readonly key: Buffer; readonly value: Buffer }>;
    close(): Promise<void>;
  };
}

const storage = path.join(import.meta.dirname, '..', '..', 'packages', 'storage', 'package.json');
const { open }: Lmdb = createRequire(storage)('lmdb');

export interface ReadObject {
  readonly size: number;
  readonly etag: string;
  readonly owner: string;
  readonly lastModified: number;
  readonly crc64: bigint;
  readonly storageClass: number;
  readonly acl: number;
  readonly restoration: readonly number[] | undefined;
  readonly headers: unknown;
  readonly metadata: unknown;
  readonly tags: unknown;
  readonly body: Buffer;
}

export interface ReadBucket {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly objects: ReadonlyMap<string, ReadObject>;
  readonly counters: ReadonlyMap<string, bigint>;
  readonly deletionQueue: readonly string[];
  /** The digest as kept, if one is, and as the records say it must be. */
  readonly digest: { readonly kept: bigint | undefined; readonly reckoned: bigint };
}

export interface ReadDirectory {
  readonly buckets: ReadonlyMap<string, ReadBucket>;
  readonly account: string;
  /** Names of entries that the page does not explain. */
  readonly unexplained: readonly string[];
}

/** The data key that is in the envelope of an encrypted object, which is named as `bucket/key`. */
export type FindDataKey = (envelope: Buffer, object: string) => Buffer;

/**
 * Everything in a data directory, verified; throws where something is not as the page says, and where
 * something is encrypted unless `dataKeyOf` has its key.
 */
export async function readDataDirectory(
  directory: string,
  dataKeyOf: FindDataKey = () => {
    throw new Error('There are no keys');
  },
): Promise<ReadDirectory> {
  const format = readFileSync(path.join(directory, 'format'), 'utf8');
  assert(format === 'OpenOSS data directory\nformat 1\n', 'format');
  const partitions = new Map<string, Map<string, { key: Buffer; value: Buffer }>>();
  const db = open({
    path: path.join(directory, 'metadata.mdb'),
    noSubdir: true,
    readOnly: true,
    keyEncoding: 'binary',
    encoding: 'binary',
  });
  for (const { key, value } of db.getRange({})) {
    const length = key[0] ?? 0;
    const name = key.toString('utf8', 1, 1 + length);
    const own = Buffer.from(key.subarray(1 + length));
    const partition = partitions.get(name) ?? new Map();
    partition.set(own.toString('latin1'), { key: own, value: Buffer.from(value) });
    partitions.set(name, partition);
  }
  await db.close();

  const unexplained: string[] = [];
  const buckets = new Map<string, ReadBucket>();
  let account = '';
  const incarnations = new Set<string>();
  for (const { key, value } of partitions.get('buckets')?.values() ?? []) {
    const text = key.toString('utf8');
    if (text.startsWith('n')) {
      const content = checked(key, value);
      const fields = unpackOne(content.subarray(1)) as Record<string, unknown>;
      const denies = 'policy' in fields || 'blocksPublicAccess' in fields;
      const format = 'encryption' in fields ? 3 : denies ? 2 : 1;
      assert(content[0] === format, 'format of a bucket');
      assert(fields.name === text.slice(1), 'name of a bucket');
      const incarnation = String(fields.incarnation);
      incarnations.add(incarnation);
      const partition = [...(partitions.get(incarnation)?.values() ?? [])];
      buckets.set(
        text.slice(1),
        readBucket(directory, fields, incarnation, partition, unexplained, dataKeyOf),
      );
    } else if (text.startsWith('u')) {
      incarnations.add(text.slice(1));
      checked(key, value);
    } else if (text.startsWith('o')) {
      assert(value.length === 0, 'owner entry');
    } else if (text === 'c' || text === 'x') {
      counter(value);
    } else unexplained.push(`buckets/${text}`);
  }
  for (const [name, partition] of partitions) {
    for (const { key, value } of partition.values()) {
      const text = key.toString('utf8');
      if (name === 'store' && text === 'created') assert(value.equals(Buffer.of(1)), 'created');
      else if (name === 'room:directory' && text === 'kaccount') {
        account = checked(key, value).toString('ascii');
      } else if (name === 'room:directory' && (text === 'c' || text === 'x')) counter(value);
      else if (name === 'blob-sessions') assert(/^[0-9a-v]{16}$/.test(text), 'session');
      else if (name !== 'buckets' && !incarnations.has(name)) unexplained.push(`${name}/${text}`);
    }
  }
  return { buckets, account, unexplained };
}

function readBucket(
  directory: string,
  fields: Readonly<Record<string, unknown>>,
  incarnation: string,
  entries: readonly { readonly key: Buffer; readonly value: Buffer }[],
  unexplained: string[],
  dataKeyOf: FindDataKey,
): ReadBucket {
  const objects = new Map<string, ReadObject>();
  const counters = new Map<string, bigint>();
  const deletionQueue: string[] = [];
  const bodies = new Map<string, Buffer>();
  const unused = new Set<string>();
  let kept: bigint | undefined;
  let reckoned = 0n;
  for (const { key, value } of entries) {
    const text = key.toString('utf8');
    if (text === 'e') assert(value.readUInt32BE(0) === fields.epoch, 'epoch');
    else if (text.startsWith('b')) {
      bodies.set(text.slice(1), value);
      unused.add(text.slice(1));
    } else if (text.startsWith('d')) {
      if (value.length > 0) assert(checked(key, value).length === 0, 'deletion queue');
      deletionQueue.push(text.slice(1));
    } else if (text === 'cx') kept = counter(value);
    else if (/^c[nb](:[A-Za-z]+)?$/.test(text)) counters.set(text, counter(value));
    else if (!text.startsWith('o')) unexplained.push(`${incarnation}/${text}`);
  }
  for (const { key, value } of entries) {
    const text = key.toString('utf8');
    if (!text.startsWith('o')) continue;
    reckoned = (reckoned + digestOf(value)) % 2n ** 48n;
    const { object, bodyId, kind, bodyCrc, sealing } = readRecord(checked(key, value));
    let body: Buffer = Buffer.alloc(0);
    if (kind === 1) {
      body = bodies.get(bodyId) ?? body;
      unused.delete(bodyId);
      assert(crc32(body) === bodyCrc, 'CRC-32 of an inline body');
    } else if (kind === 2) {
      body = readBlob(directory, bodyId, incarnation, text.slice(1));
    }
    if (sealing !== undefined) {
      const bucket = String(fields.name);
      const place = { ...object, bucket, incarnation, key: text.slice(1), bodyId };
      body = openSealed(
        body,
        sealing,
        place,
        dataKeyOf(sealing.envelope, `${bucket}/${text.slice(1)}`),
      );
    }
    assert(body.length === object.size, 'size of a body');
    objects.set(text.slice(1), { ...object, body });
  }
  assert(unused.size === 0, 'bodies that no record names');
  return { fields, objects, counters, deletionQueue, digest: { kept, reckoned } };
}

function readRecord(content: Buffer) {
  const isSealed = content[0] === 2;
  assert((content[0] === 1 || isSealed) && content[1] === 0, 'format and type of a record');
  const hasRestoration = content[5] === 1;
  let at = 32;
  const restoration: number[] = [];
  for (; hasRestoration && at < 56; at += 8) restoration.push(content.readDoubleBE(at));
  const texts: string[] = [];
  for (let count = 0; count < 4; count++) {
    const length = content[at] ?? 0;
    texts.push(content.toString('utf8', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const [revision = '', bodyId = '', etag = '', owner = ''] = texts;
  assert(/^[0-9a-v]{24}$/.test(revision), 'revision');
  let sealing: ReadSealing | undefined;
  if (isSealed) {
    const envelopeAt = at + 35;
    const end = envelopeAt + content.readUInt16BE(at + 33);
    sealing = {
      cipher: content[at] ?? -1,
      seal: content.subarray(at + 1, at + 33),
      envelope: content.subarray(envelopeAt, end),
    };
    at = end;
  }
  const bags = at === content.length ? [] : (unpackOne(content.subarray(at)) as unknown[]);
  const [headers = [], metadata = [], tags = []] = bags;
  return {
    bodyId,
    sealing,
    kind: content[4],
    bodyCrc: content.readUInt32BE(28),
    object: {
      storageClass: content[2] ?? -1,
      acl: content[3] ?? -1,
      size: content.readUIntBE(6, 6),
      lastModified: content.readDoubleBE(12),
      crc64: content.readBigUInt64BE(20),
      restoration: hasRestoration ? restoration : undefined,
      etag,
      owner,
      headers,
      metadata,
      tags,
    },
  };
}

function readBlob(directory: string, id: string, bucket: string, key: string): Buffer {
  const file = readFileSync(path.join(directory, 'blobs', id.slice(0, 16), id.slice(20, 22), id));
  const header = Buffer.from(file.subarray(0, 4096));
  assert(header.toString('latin1', 0, 8) === 'OpenOSSb', 'magic of a blob');
  assert(header.readUInt16BE(8) === 1, 'format of a blob');
  const names = `${id}${bucket}${key}`;
  const lengths = [id, bucket, key].map((name) => Buffer.byteLength(name));
  assert(
    lengths.every((length, at) => header.readUInt16BE(10 + 2 * at) === length),
    'lengths',
  );
  assert(header.toString('utf8', 20, 20 + Buffer.byteLength(names)) === names, 'names of a blob');
  const blank = Buffer.from(header);
  blank.fill(0, 16, 20);
  assert(crc32(blank) === header.readUInt32BE(16), 'CRC-32 of a header');
  const footer = file.subarray(-32);
  assert(footer.toString('latin1', 0, 8) === 'bSSOnepO', 'end of a blob');
  const size = Number(footer.readBigUInt64BE(8));
  const blocks = Math.ceil(size / 65_536);
  assert(footer.readUInt32BE(16) === 65_536 && footer.readUInt32BE(20) === blocks, 'blocks');
  assert(file.length === 4096 + size + 4 * blocks + 32, 'length of a blob');
  const body = file.subarray(4096, 4096 + size);
  for (let block = 0; block < blocks; block++) {
    const bytes = body.subarray(block * 65_536, (block + 1) * 65_536);
    assert(crc32(bytes) === file.readUInt32BE(4096 + size + 4 * block), 'CRC-32 of a block');
  }
  const covered = Buffer.concat([header, file.subarray(4096 + size, -4)]);
  assert(crc32(covered) === footer.readUInt32BE(28), 'CRC-32 of a blob');
  return body;
}

/** The content of a checked value. */
function checked(key: Buffer, value: Buffer): Buffer {
  const content = value.subarray(0, -4);
  const sum = crc32(Buffer.concat([key, content]));
  assert(sum === value.readUInt32BE(value.length - 4), `checksum of ${key.toString()}`);
  return content;
}

function counter(value: Buffer): bigint {
  assert(value.length === 12 && crc32(value.subarray(0, 8)) === value.readUInt32BE(8), 'counter');
  return value.readBigInt64BE(0);
}

function mixed(start: number): number {
  let x = start ^ (start >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function digestOf(value: Buffer): bigint {
  const checksum = value.readUInt32BE(value.length - 4);
  const more = value.length < 28 ? 0 : value.readUInt32BE(20);
  const low = mixed(checksum ^ 0x5bd1e995);
  const high = mixed(((checksum + more) | 0) ^ Math.imul(value.length, 0x9e3779b1)) & 0xffff;
  return BigInt(high) * 2n ** 32n + BigInt(low);
}

function assert(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`Not as docs/data-format.md says: ${what}`);
}
