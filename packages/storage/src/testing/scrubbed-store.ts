import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { BLOB_BLOCK_BYTES } from '../engine/blob-engine.js';
import { FailStop } from '../engine/fail-stop.js';
import { nodeDisk } from '../engine/node-disk.js';
import { FileBlobs } from '../engines/embedded/file-blobs.js';
import { LmdbMetadata } from '../engines/embedded/lmdb-metadata.js';
import { newSessionId } from '../id-sequence.js';
import { silentLog } from '../log.js';
import type { EmbeddedStore } from '../open-embedded-store.js';
import type { Finding } from '../scrub/scrub-finding.js';
import type { ScrubOptions } from '../scrub/scrub-run.js';
import {
  BUCKET,
  bucketSpecification,
  openStore,
  plainAttributes,
  putRequest,
} from './open-store.js';

export const LARGE = 3 * BLOB_BLOCK_BYTES;

/** A scrub's findings, and what it says at the end. */
export async function scrub(store: EmbeddedStore, options: ScrubOptions = {}) {
  const findings: Finding[] = [];
  const summary = await store.scrub({
    ...options,
    onFinding: (finding) => void findings.push(finding),
  });
  expect(summary.findings).toBe(findings.length);
  return { findings, summary, kinds: findings.map(({ kind }) => kind) };
}

/** A store with objects of every kind, in two buckets, and the state of a room. */
export async function filledStore(log = silentLog) {
  const store = await openStore({ log });
  await store.objects.createBucket({ ...bucketSpecification, name: 'other' });
  const { objects } = store;
  for (let i = 0; i < 30; i++) {
    await objects.putObject(putRequest(`key ${i}`, randomBytes(i * 100)));
    await objects.putObject(putRequest(`key ${i}`, 'x', { bucket: 'other' }));
  }
  const large = await objects.putObject(putRequest('large', randomBytes(LARGE + 5)));
  await objects.putObject(
    putRequest('cold', 'icy', { attributes: { ...plainAttributes, storageClass: 'IA' } }),
  );
  await objects.deleteObject(BUCKET, 'key 7');
  await store.room('directory').put('account', Buffer.from('one'));
  await store.room('directory').put('key', Buffer.from('two'));
  const incarnation = (await objects.getBucket(BUCKET))?.incarnation ?? '';
  const bodyId = async (key: string): Promise<string> => {
    const body = (await objects.getObject(BUCKET, key))?.body;
    return body === undefined || body.kind === 'empty' ? '' : body.id;
  };
  return { ...store, store, incarnation, bodyId, blobId: await bodyId('large'), large };
}

/** Closes the store, changes what it left, and opens it again. */
export async function changed(
  store: EmbeddedStore & { readonly directory: string },
  change: (metadata: LmdbMetadata, blobs: FileBlobs) => Promise<unknown>,
  log = silentLog,
) {
  await store.close();
  const failStop = new FailStop(() => {});
  const metadata = new LmdbMetadata(join(store.directory, 'metadata.mdb'), failStop);
  const blobs = new FileBlobs({
    directory: join(store.directory, 'blobs'),
    session: newSessionId(Date.now()),
    disk: nodeDisk,
    failStop,
    log: silentLog,
  });
  await change(metadata, blobs);
  await metadata.close();
  return openStore({ directory: store.directory, log });
}

export function flipped(value: Buffer | undefined, at: number): Buffer {
  const copy = Buffer.from(value ?? Buffer.of());
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

export function flipInFile(path: string, at: number): void {
  writeFileSync(path, flipped(readFileSync(path), at));
}
