import { join } from 'node:path';
import { openEmbeddedStore } from '@openoss/storage';
import { ForgetfulVolume } from '../crash-model/forgetful-volume.mjs';
import { volumeDisk } from '../forgetting-disk/volume-disk.mjs';
import { bucketSubject, objectSubject, ROOM, roomSubject } from '../workload/client-program.mjs';
import { etagOf, objectStateText, observedObject } from '../workload/object-state.mjs';
import { openEnvelope } from '../workload/sealing-of-bodies.mjs';
import { DATA_DIRECTORY, MetadataPlace } from './metadata-file.mjs';

/**
 * @import { BucketRecord, EmbeddedStore, ObjectSummary, OpenedObject } from '@openoss/storage'
 * @import { DiskImage } from '../crash-model/disk-image.mjs'
 * @import { DirectoryNode } from '../crash-model/forgetful-volume.mjs'
 * @import { PageStore } from '../crash-model/page-store.mjs'
 */

/**
 * What the engine made of a disk image.
 * @typedef {object} Inspection
 * @property {Map<string, string>} states by subject: everything that is there, as its clients see it
 * @property {string[]} problems what is wrong whatever was acknowledged
 */

/** What opens a store: the engine, or for the self-test one that is broken. @typedef {typeof openEmbeddedStore} OpenStore */

/**
 * @typedef {object} InspectOptions
 * @property {string} scratch
 * @property {number} inlineLimit
 * @property {OpenStore | undefined} [open] the engine, unless told
 */

const OWNER = '1000';
const BLOBS = `${DATA_DIRECTORY}/blobs`;

const unlocked = async () => ({ release: async () => {} });

/** How long an image may take before it is said to hang, in milliseconds. */
const PATIENCE_MS = 30_000;

let mounts = 0;

/**
 * Opens a copy of a disk image with the engine, waits until its sweeper has nothing to do, and looks
 * at everything through the ways that clients have. Every so many images, told by the digest, are
 * also written to, closed and opened again. The digest decides all that differs from image to image,
 * so that an image that was kept with it is opened in the same way again.
 *
 * @param {PageStore} store
 * @param {DiskImage} image
 * @param {InspectOptions} options
 * @returns {Promise<Inspection>}
 */
export async function inspectImage(store, image, options) {
  const { scratch, inlineLimit, open = openEmbeddedStore } = options;
  const place = new MetadataPlace(join(scratch, `image-${process.pid}-${mounts++}`));
  /** @type {Inspection} */
  const inspection = { states: new Map(), problems: [] };
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    place.place(store, image);
    const volume = new ForgetfulVolume(store, image);
    const isTwice = image.digest.charCodeAt(1) % 16 === 0;
    const work = openTwice({ place, volume, store, inlineLimit, isTwice, open }, inspection);
    const timeout = new Promise((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, 'late');
    });
    if ((await Promise.race([work, timeout])) === 'late') inspection.problems.push('it hangs');
  } catch (error) {
    inspection.problems.push(`it fails: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    clearTimeout(timer);
    place.remove();
  }
  return inspection;
}

/**
 * @typedef {object} Surroundings
 * @property {MetadataPlace} place
 * @property {ForgetfulVolume} volume
 * @property {PageStore} store
 * @property {number} inlineLimit
 * @property {boolean} isTwice
 * @property {OpenStore} open
 */

/**
 * @param {Surroundings} around
 * @param {Inspection} inspection
 */
async function openTwice(around, inspection) {
  await withStore(around, inspection, async (opened) => {
    await readEverything(opened, around.volume, inspection);
    if (around.isTwice) await writeSomething(opened, around.inlineLimit);
  });
  if (!around.isTwice || inspection.problems.length > 0) return;
  /** @type {Inspection} */
  const again = { states: new Map(), problems: [] };
  await withStore(around, again, (opened) => readEverything(opened, around.volume, again));
  inspection.problems.push(...again.problems.map((problem) => `opened again: ${problem}`));
  again.states.delete(bucketSubject(SCRATCH_BUCKET));
  for (const subject of new Set([...inspection.states.keys(), ...again.states.keys()])) {
    if (inspection.states.get(subject) !== again.states.get(subject)) {
      inspection.problems.push(`opened again, ${subject} is another`);
    }
  }
}

/**
 * @param {Surroundings} around
 * @param {Inspection} inspection
 * @param {(store: EmbeddedStore) => Promise<void>} use
 */
async function withStore(around, { problems }, use) {
  const { place, volume, store, inlineLimit, isTwice, open } = around;
  /** @type {(details: object, message: string) => void} */
  const complain = (details, message) => {
    problems.push(
      `${message}: ${'err' in details ? String(details.err) : JSON.stringify(details)}`,
    );
  };
  const opened = await open({
    directory: place.dataDirectory,
    disk: volumeDisk({
      mountPoint: place.mountPoint,
      volume,
      store,
      outside: place.outside,
      schedule: async (_what, perform) => perform(),
    }),
    // Nobody else can reach the volume; the engine's own lock is taken where that is all it costs.
    ...(isTwice ? {} : { lock: unlocked }),
    inlineLimit,
    // A reserve file holds nothing, and would be written for every image.
    minFreeBytes: 0,
    log: { info() {}, warn: complain, error: complain },
    onFatal: (error) => problems.push(`the store stopped: ${error.message}`),
  });
  try {
    await opened.swept();
    await use(opened);
    const { corruptRecords, corruptBlobs } = opened.counters;
    if (corruptRecords + corruptBlobs > 0) {
      problems.push(`${corruptRecords} records and ${corruptBlobs} blobs are corrupt`);
    }
  } finally {
    await opened.close();
  }
}

/**
 * @param {EmbeddedStore} store
 * @param {ForgetfulVolume} volume
 * @param {Inspection} inspection
 */
async function readEverything(store, volume, { states, problems }) {
  let blobs = 0;
  const { buckets } = await store.objects.listBuckets({ owner: OWNER, limit: 1000 });
  for (const bucket of buckets) {
    states.set(bucketSubject(bucket.name), bucket.acl);
    blobs += await readBucket(store, bucket, states, problems);
  }
  for (const { key, value } of await store.room(ROOM).list({ limit: 1000 })) {
    states.set(roomSubject(key), `value ${value}`);
  }
  const files = countFiles(volume);
  if (files !== blobs) problems.push(`there are ${files} blob files for ${blobs} records of blobs`);
}

/**
 * Reads every object of a bucket; returns how many have a blob.
 * @param {EmbeddedStore} store
 * @param {BucketRecord} bucket
 * @param {Map<string, string>} states
 * @param {string[]} problems
 */
async function readBucket({ objects }, { name }, states, problems) {
  let blobs = 0;
  let count = 0;
  let bytes = 0;
  /** @type {string | undefined} */
  let after;
  for (let truncated = true; truncated; ) {
    const page = await objects.listObjects(name, { limit: 50, after });
    for (const summary of page.objects) {
      const what = `object ${name}/${summary.key}`;
      const opened = await objects.openObject(name, summary.key, undefined, openEnvelope);
      if (opened === undefined) {
        problems.push(`${what} is listed but not there`);
        continue;
      }
      const body = await bodyOf(opened);
      const { record } = opened;
      if (!isListedRight(summary, record)) problems.push(`${what} is listed wrongly`);
      if (record.etag !== etagOf(body, record.etag) || record.size !== body.length) {
        problems.push(`${what} has other bytes than its record says`);
      }
      states.set(objectSubject(name, summary.key), objectStateText(observedObject(record, body)));
      if (record.body.kind === 'blob') blobs++;
      count++;
      bytes += body.length;
    }
    after = page.last;
    truncated = page.truncated;
  }
  const statistics = await objects.bucketStatistics(name);
  if (statistics.objects !== count || statistics.bytes !== bytes) {
    problems.push(
      `bucket ${name} counts ${statistics.objects} objects of ${statistics.bytes} bytes, ` +
        `and has ${count} of ${bytes}`,
    );
  }
  return blobs;
}

/**
 * Reads a body to its end, each byte copied once, and lets it go.
 * @param {OpenedObject} opened
 */
async function bodyOf(opened) {
  let body = Buffer.allocUnsafe(opened.record.size);
  let length = 0;
  try {
    for await (const part of opened.read()) {
      // More than it says it has: a violation, to be shown whole.
      if (length + part.length > body.length) body = Buffer.concat([body, part]);
      body.set(part, length);
      length += part.length;
    }
  } finally {
    await opened.close();
  }
  return body.subarray(0, length);
}

/**
 * @param {ObjectSummary} summary
 * @param {ObjectSummary} record
 */
function isListedRight(summary, record) {
  return (
    summary.etag === record.etag &&
    summary.size === record.size &&
    summary.lastModified === record.lastModified &&
    summary.storageClass === record.storageClass
  );
}

const SCRATCH_BUCKET = 'after-the-crash';

/**
 * A store that recovered takes writes like any other.
 * @param {EmbeddedStore} store
 * @param {number} inlineLimit
 */
async function writeSomething({ objects, swept }, inlineLimit) {
  const bucket = SCRATCH_BUCKET;
  await objects.createBucket({
    name: bucket,
    owner: OWNER,
    storageClass: 'Standard',
    redundancy: 'LRS',
    acl: 'private',
  });
  for (const size of [100, inlineLimit + 5000]) {
    await objects.putObject({
      bucket,
      key: 'key',
      body: Buffer.alloc(size, 'new'),
      maxBytes: size,
      attributes: {
        storageClass: 'Standard',
        acl: 'default',
        owner: OWNER,
        headers: [],
        metadata: [],
        tags: [],
      },
    });
  }
  await objects.deleteObject(bucket, 'key');
  await swept();
}

/** @param {ForgetfulVolume} volume */
function countFiles(volume) {
  const blobs = volume.lookUp(BLOBS);
  let files = 0;
  /** @param {DirectoryNode} directory */
  const walk = (directory) => {
    for (const node of directory.current.values()) {
      if (node.kind === 'file') files++;
      else walk(node);
    }
  };
  if (blobs?.kind === 'directory') walk(blobs);
  return files;
}
