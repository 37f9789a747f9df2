import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/**
 * One bit of one file of a data directory.
 * @typedef {object} Flip
 * @property {string} file below the data directory
 * @property {number} at the byte
 * @property {number} bit
 * @property {Region} region what lies there
 */

/** @typedef {typeof REGIONS[number]} Region */

/** What a bit can lie in; each is drawn equally often. */
const REGIONS = /** @type {const} */ ([
  'meta page',
  'page header',
  'branch page',
  'leaf page',
  'record page',
  'head of a record page',
  'value pages',
  'free page',
  'blob header',
  'blob body',
  'blob trailer',
  'encrypted small body',
  'encrypted blob',
  'record of an encrypted object',
  'record of a key',
]);

/** Those that only what is encrypted has. @type {ReadonlySet<Region>} */
export const SEALED_REGIONS = new Set([
  'encrypted small body',
  'encrypted blob',
  'record of an encrypted object',
  'record of a key',
]);

const METADATA = 'metadata.mdb';
/** Where LMDB's header of a page ends, and what its flags say. */
const HEADER_BYTES = 24;
const FLAGS = { branch: 1, leaf: 2, overflow: 4 };
/** A leaf page with so many keys holds records. */
const CROWD = 20;
/** What a meta page holds is at its beginning. */
const META_BYTES = 168;
const BLOB_HEADER_BYTES = 4096;
/** Bytes of a blob's header that say anything, of short names. */
const BLOB_HEADER_USED = 120;
const BLOB_TRAILER_BYTES = 40;
/** The partition of the keyring, as LMDB's keys begin with it. */
const KEYRING = Buffer.from('\u0008room:kms');
/** Of an object's record: its format where it is encrypted, a flag, and where its texts begin. */
const RECORD = { sealed: 2, restored: 1, texts: 32, restoration: 24 };

/**
 * Some bytes of a file.
 * @typedef {object} Place
 * @property {string} file
 * @property {number} from
 * @property {number} to exclusive
 */

/**
 * An entry of LMDB's, and where its value lies.
 * @typedef {object} PlacedEntry
 * @property {Buffer} key
 * @property {number} from
 * @property {number} to exclusive
 */

/** Which pages of LMDB's file are of which kind, and which files are blobs. */
export class RotPlan {
  #directory;
  #pageBytes;
  /** Leaf pages with many keys are full of records, those with few of bodies. */
  #pages = {
    branch: /** @type {number[]} */ ([]),
    crowded: /** @type {number[]} */ ([]),
    leaf: /** @type {number[]} */ ([]),
    value: /** @type {number[]} */ ([]),
    free: /** @type {number[]} */ ([]),
  };
  /** @type {{ file: string, bytes: number }[]} */
  #blobs;
  /** Where what is encrypted lies, and what opens it. @type {Record<string, Place[]>} */
  #sealed = {};

  /** @param {string} directory a data directory that no server uses */
  constructor(directory) {
    this.#directory = directory;
    const metadata = readFileSync(join(directory, METADATA));
    this.#pageBytes = metadata.readUInt32LE(48);
    /** @type {PlacedEntry[]} */
    const entries = [];
    this.#sortPages(metadata, entries);
    this.#blobs = readdirSync(join(directory, 'blobs'), { recursive: true, encoding: 'utf8' })
      .map((name) => join('blobs', name))
      .map((file) => ({ file, stats: statSync(join(directory, file)) }))
      .filter(({ stats }) => stats.isFile())
      .map(({ file, stats }) => ({ file, bytes: stats.size }))
      .sort((one, other) => (one.file < other.file ? -1 : 1));
    this.#sealed = sealedPlaces(metadata, entries, this.#blobs);
  }

  get directory() {
    return this.#directory;
  }

  /**
   * @param {SeededRandom} random
   * @returns {Flip}
   */
  draw(random) {
    const { branch, crowded, leaf, value, free } = this.#pages;
    const used = [...branch, ...leaf];
    const bit = random.below(8);
    const region = random.pick(REGIONS);
    /** @param {readonly number[]} pages @param {number} from @param {number} to */
    const inPage = (pages, from, to) => ({
      file: METADATA,
      at: random.pick(pages.length > 0 ? pages : used) * this.#pageBytes + random.between(from, to),
      bit,
      region,
    });
    const blob = random.pick(this.#blobs);
    /** @param {number} from @param {number} to */
    const inBlob = (from, to) => ({ file: blob.file, at: random.between(from, to), bit, region });
    const places = this.#sealed[region];
    if (places !== undefined) {
      const { file, from, to } = random.pick(places);
      return { file, at: random.between(from, to), bit, region };
    }
    switch (region) {
      case 'meta page':
        return inPage([0, 1], 0, META_BYTES);
      case 'page header':
        return inPage([...used, ...value], 0, HEADER_BYTES);
      case 'record page':
        return inPage(crowded, 0, this.#pageBytes);
      case 'head of a record page':
        return inPage(crowded, 0, HEADER_BYTES + 2 * CROWD);
      case 'branch page':
        return inPage(branch, 0, this.#pageBytes);
      case 'leaf page':
        return inPage(leaf, 0, this.#pageBytes);
      case 'value pages':
        return inPage(value, 0, this.#pageBytes);
      case 'free page':
        return inPage(free, 0, this.#pageBytes);
      case 'blob header':
        return inBlob(0, BLOB_HEADER_USED);
      case 'blob body':
        return inBlob(BLOB_HEADER_BYTES, blob.bytes - BLOB_TRAILER_BYTES);
      case 'blob trailer':
        return inBlob(blob.bytes - BLOB_TRAILER_BYTES, blob.bytes);
      default:
        throw new Error(`There is no ${region} in the directory`);
    }
  }

  /**
   * @param {Buffer} metadata
   * @param {PlacedEntry[]} entries gets all there are
   */
  #sortPages(metadata, entries) {
    const size = this.#pageBytes;
    const { branch, crowded, leaf, value, free } = this.#pages;
    const newest = metadata.readBigUInt64LE(152) > metadata.readBigUInt64LE(size + 152) ? 0 : size;
    /** @type {Set<number>} */
    const used = new Set();
    /** @param {number} page */
    const walk = (page) => {
      used.add(page);
      const begin = page * size;
      const isLeaf = (metadata.readUInt16LE(begin + 18) & FLAGS.leaf) !== 0;
      (isLeaf ? leaf : branch).push(page);
      const nodes = metadata.readUInt16LE(begin + 20) / 2;
      if (isLeaf && nodes >= CROWD) crowded.push(page);
      for (let i = 0; i < nodes; i++) {
        const at = begin + HEADER_BYTES + metadata.readUInt16LE(begin + HEADER_BYTES + 2 * i);
        if (!isLeaf) {
          walk(metadata.readUInt32LE(at));
          continue;
        }
        const data = at + 8 + metadata.readUInt16LE(at + 6);
        const key = metadata.subarray(at + 8, data);
        const bytes = metadata.readUInt32LE(at);
        if (metadata.readUInt16LE(at + 4) !== 1) {
          entries.push({ key, from: data, to: data + bytes });
        } else {
          const first = Number(metadata.readBigUInt64LE(data));
          const from = first * size + HEADER_BYTES;
          entries.push({ key, from, to: from + bytes });
          const count = Number(metadata.readBigUInt64LE(data + 16));
          for (let each = first; each < first + count; each++) {
            used.add(each);
            value.push(each);
          }
        }
      }
    };
    for (const rootAt of [88, 136]) {
      const root = metadata.readBigUInt64LE(newest + rootAt);
      if (root < 2n ** 32n) walk(Number(root));
    }
    for (let page = 2; page < metadata.length / size; page++) if (!used.has(page)) free.push(page);
  }
}

/**
 * Where the bodies and records of encrypted objects lie, and the records of keys.
 * @param {Buffer} metadata
 * @param {readonly PlacedEntry[]} entries
 * @param {readonly { file: string, bytes: number }[]} blobs
 * @returns {Record<string, Place[]>} by region; each has some
 */
function sealedPlaces(metadata, entries, blobs) {
  /** @type {Place[]} */
  const keys = [];
  /** @type {Place[]} */
  const records = [];
  /** @type {Set<string>} */
  const bodyIds = new Set();
  for (const { key, from, to } of entries) {
    const place = { file: METADATA, from, to };
    const value = metadata.subarray(from, to);
    if (key.subarray(0, KEYRING.length).equals(KEYRING)) keys.push(place);
    else if (isObjectKey(key) && value[0] === RECORD.sealed) {
      records.push(place);
      bodyIds.add(bodyIdOf(value));
    }
  }
  const small = entries
    .filter(({ key }) => kindOf(key) === 'b' && bodyIds.has(key.toString('latin1', keyAt(key) + 1)))
    .map(({ from, to }) => ({ file: METADATA, from, to }));
  const large = blobs
    .filter(({ file }) => bodyIds.has(basename(file)))
    .map(({ file, bytes }) => ({ file, from: BLOB_HEADER_BYTES, to: bytes - BLOB_TRAILER_BYTES }));
  const places = {
    'encrypted small body': small,
    'encrypted blob': large,
    'record of an encrypted object': records,
    'record of a key': keys,
  };
  for (const [region, found] of Object.entries(places)) {
    if (found.length === 0) throw new Error(`There is no ${region} in the directory`);
  }
  return places;
}

/** Where a key begins within its partition. @param {Buffer} key */
const keyAt = (key) => 1 + (key[0] ?? 0);

/** @param {Buffer} key */
const kindOf = (key) => key.toString('latin1', keyAt(key), keyAt(key) + 1);

/** Whether a key is that of an object's record: those of buckets' owners are in a partition of another name. */
const isObjectKey = (/** @type {Buffer} */ key) => key[0] === 24 && kindOf(key) === 'o';

/** The id of an object's body; empty without one. @param {Buffer} record */
function bodyIdOf(record) {
  const isRestored = ((record[5] ?? 0) & RECORD.restored) !== 0;
  const revisionAt = RECORD.texts + (isRestored ? RECORD.restoration : 0);
  const at = revisionAt + 1 + (record[revisionAt] ?? 0);
  return record.toString('latin1', at + 1, at + 1 + (record[at] ?? 0));
}
