import { createHash } from 'node:crypto';
import { openEmbeddedStore } from '@openoss/storage';
import { KeyringSealing } from './keyring-sealing.mjs';

/**
 * @import { EmbeddedStore } from '@openoss/storage'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/**
 * What a store is to hold: by bucket and key the MD5 of the body, and the record but its body; and its
 * keys.
 * @typedef {object} Expected
 * @property {Record<string, Record<string, { md5: string, record: string }>>} buckets
 * @property {string} keys
 */

const OWNER = '1000';
const ROOM = 'directory';
const ROOM_VALUE = 'what the directory keeps';
const BUCKETS = ['bucket-a', 'bucket-b'];
/** What is put into this one is encrypted, and half of the rest. */
const SEALED_BUCKET = 'bucket-b';
/** Small, so that bodies of every kind are there without much to read. */
const INLINE_LIMIT = 30_000;

/** @param {string} directory */
export const openSubject = (directory) =>
  openEmbeddedStore({ directory, inlineLimit: INLINE_LIMIT, onFatal: () => process.exit(74) });

/**
 * Fills a store with objects of every kind: put, replaced, changed and deleted, in many commits, so
 * that LMDB's file has branch, leaf, value and free pages, and pages of earlier times; most of them
 * encrypted, with keys that the store keeps as well.
 * @param {string} directory
 * @param {SeededRandom} random
 * @returns {Promise<Expected>}
 */
export async function makeSubject(directory, random) {
  const store = await openSubject(directory);
  for (const name of BUCKETS) {
    await store.objects.createBucket({
      name,
      owner: OWNER,
      storageClass: 'Standard',
      redundancy: 'LRS',
      acl: 'private',
    });
  }
  await store.room(ROOM).put('account', Buffer.from(ROOM_VALUE));
  const keyring = await KeyringSealing.open(store);
  await keyring.prepare();
  for (let round = 0; round < 60; round++) {
    await Promise.all(
      Array.from({ length: 8 }, () => change(store, keyring, random.pick(BUCKETS), random)),
    );
    if (round % 20 === 10) await keyring.rotate();
  }
  await store.swept();
  const expected = { buckets: await read(store, keyring), keys: await keyring.describe() };
  await keyring.close();
  await store.close();
  return expected;
}

/**
 * @param {EmbeddedStore} store
 * @param {KeyringSealing} keyring
 * @param {string} bucket
 * @param {SeededRandom} random
 */
async function change({ objects }, keyring, bucket, random) {
  const key = `${random.pick(['a', 'b/c', 'photos/2026'])}/${random.below(120)}`;
  const what = random.weighted({ put: 8, delete: 1, update: 1 });
  if (what === 'delete') {
    await objects.deleteObject(bucket, key);
  } else if (what === 'update') {
    if ((await objects.getObject(bucket, key)) === undefined) return;
    const tags = /** @type {const} */ ([['round', String(random.below(99))]]);
    await objects.updateObject(bucket, key, (record) => ({ ...record, tags }));
  } else {
    const size = random.pick([0, 6, 300, 3000, 9000, 25_000, random.chance(0.3) ? 70_000 : 100]);
    const text = `${random.bits()} `;
    const body = Buffer.alloc(size, text);
    const isSealed = bucket === SEALED_BUCKET || random.chance(0.5);
    // Drawn here, for what is awaited comes in any order.
    const numbers = random.fork(text);
    await objects.putObject({
      bucket,
      key,
      body,
      maxBytes: size,
      sealing: isSealed ? await keyring.sealing(numbers) : undefined,
      attributes: {
        storageClass: numbers.pick(['Standard', 'IA']),
        acl: 'default',
        owner: OWNER,
        headers: [],
        metadata: [['n', String(numbers.below(9))]],
        tags: [],
      },
    });
  }
}

/**
 * Reads everything there is, through listings.
 * @param {EmbeddedStore} store
 * @param {KeyringSealing} keyring
 * @returns {Promise<Expected['buckets']>}
 */
async function read(store, keyring) {
  /** @type {Expected['buckets']} */
  const found = {};
  const { buckets } = await store.objects.listBuckets({ owner: OWNER, limit: 100 });
  for (const { name } of buckets) {
    /** @type {Expected['buckets'][string]} */
    const ofBucket = {};
    found[name] = ofBucket;
    const { objects } = await store.objects.listObjects(name, { limit: 1000 });
    for (const { key } of objects) ofBucket[key] = await readObject(store, keyring, name, key);
  }
  return found;
}

/**
 * @param {EmbeddedStore} store
 * @param {KeyringSealing} keyring
 * @param {string} bucket
 * @param {string} key
 */
async function readObject({ objects }, keyring, bucket, key) {
  const opened = await objects.openObject(bucket, key, undefined, (record) => keyring.open(record));
  if (opened === undefined) throw new Error(`${key} is listed and not there`);
  const md5 = createHash('md5');
  try {
    for await (const piece of opened.read()) md5.update(piece);
  } finally {
    await opened.close();
  }
  const { crc64, body: _, ...record } = opened.record;
  return { md5: md5.digest('hex'), record: JSON.stringify({ ...record, crc64: String(crc64) }) };
}

/**
 * What a damaged store gives its users: each difference from what it was to hold.
 *  - `refused`: an error for something that is to be there, or for a listing: the damage is told.
 *  - `silent`: something is missing, too many or old, and nobody is told.
 *  - `wrong`: bytes that were never put there, or not by that name.
 * @typedef {object} Differences
 * @property {string[]} refused
 * @property {string[]} silent
 * @property {string[]} wrong
 */

/**
 * @param {EmbeddedStore} store
 * @param {KeyringSealing} keyring
 * @param {Expected} expected
 * @returns {Promise<Differences>}
 */
export async function compare(store, keyring, expected) {
  /** @type {Differences} */
  const differences = { refused: [], silent: [], wrong: [] };
  const { refused, silent, wrong } = differences;
  /**
   * @template T
   * @param {string} what
   * @param {() => Promise<T>} ask
   * @returns {Promise<T | undefined>}
   */
  const attempt = async (what, ask) => {
    try {
      return await ask();
    } catch (error) {
      refused.push(`${what}: ${error}`);
      return undefined;
    }
  };
  const listed = await attempt('listing buckets', () =>
    store.objects.listBuckets({ owner: OWNER, limit: 100 }),
  );
  const names = listed?.buckets.map(({ name }) => name);
  if (names !== undefined && names.join() !== Object.keys(expected.buckets).join()) {
    silent.push(`the buckets are ${names.join()}`);
  }
  const room = await attempt('room', () => store.room(ROOM).get('account'));
  if (room?.toString() !== ROOM_VALUE && refused.every((what) => !what.startsWith('room'))) {
    silent.push('what the room keeps is another');
  }
  const keys = await attempt('keys', () => keyring.describe());
  if (keys !== undefined && keys !== expected.keys) silent.push('the keys are others');
  for (const [bucket, objects] of Object.entries(expected.buckets)) {
    const listing = await attempt(`listing ${bucket}`, () =>
      store.objects.listObjects(bucket, { limit: 1000 }),
    );
    const keys = listing?.objects.map(({ key }) => key);
    if (keys !== undefined && keys.join('\n') !== Object.keys(objects).join('\n')) {
      silent.push(`the listing of ${bucket} has ${keys.length} keys`);
    }
    for (const [key, { md5, record }] of Object.entries(objects)) {
      const what = `${bucket}/${key}`;
      const there = await attempt(what, async () => ({
        record: await store.objects.getObject(bucket, key),
      }));
      if (there === undefined) continue;
      if (there.record === undefined) {
        silent.push(`${what} is gone`);
        continue;
      }
      const found = await attempt(what, () => readObject(store, keyring, bucket, key));
      if (found === undefined) continue;
      if (found.record !== record) silent.push(`${what} has another record: ${found.record}`);
      // Of an old record the old body is right; the record says which.
      const itsMd5 = JSON.parse(found.record).etag.toLowerCase();
      if (found.md5 !== itsMd5) wrong.push(`${what} has other bytes than its record says`);
      else if (found.md5 !== md5 && found.record === record) wrong.push(`${what} has other bytes`);
    }
  }
  return differences;
}
