import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BucketSpecification } from '../bucket-record.js';
import type { Log } from '../log.js';
import type { ObjectAttributes } from '../object-record.js';
import type { OpenedObject, PutObjectRequest } from '../object-store.js';
import {
  type EmbeddedStore,
  type EmbeddedStoreOptions,
  openEmbeddedStore,
} from '../open-embedded-store.js';
import { temporaryDirectory } from './temporary-directory.js';
import { openTestEnvelope } from './test-sealing.js';

/** The bucket that tests put their objects in. */
export const BUCKET = 'examplebucket';

export const bucketSpecification: BucketSpecification = {
  name: BUCKET,
  owner: '1000',
  storageClass: 'Standard',
  redundancy: 'LRS',
  acl: 'private',
};

export const plainAttributes: ObjectAttributes = {
  storageClass: 'Standard',
  acl: 'default',
  owner: '1000',
  headers: [['Content-Type', 'application/octet-stream']],
  metadata: [],
  tags: [],
};

/** Keeps what was logged, so that a test can look. */
export class RecordingLog implements Log {
  readonly entries: {
    readonly level: string;
    readonly details: object;
    readonly message: string;
  }[] = [];

  info(details: object, message: string): void {
    this.entries.push({ level: 'info', details, message });
  }

  warn(details: object, message: string): void {
    this.entries.push({ level: 'warn', details, message });
  }

  error(details: object, message: string): void {
    this.entries.push({ level: 'error', details, message });
  }
}

/** A store, closed when the test is over; without a directory, on one of its own with a bucket. */
export async function openStore(
  options: Partial<EmbeddedStoreOptions> = {},
): Promise<EmbeddedStore & { readonly directory: string }> {
  const directory = options.directory ?? (await temporaryDirectory());
  const store = await openEmbeddedStore({
    onFatal: (error) => {
      throw error;
    },
    // Small, so that a thousand stores of tests do not write a thousand large files.
    minFreeBytes: 256 * 1024,
    ...options,
    directory,
  });
  onTestFinished(() => store.close());
  if (options.directory === undefined) await store.objects.createBucket(bucketSpecification);
  return Object.assign(store, { directory });
}

/** A put of a body that is there, with the plainest of everything else. */
export function putRequest(
  key: string,
  body: PutObjectRequest['body'] | string,
  more: Partial<PutObjectRequest> = {},
): PutObjectRequest {
  return {
    bucket: BUCKET,
    key,
    body: typeof body === 'string' ? Buffer.from(body) : body,
    maxBytes: 5 * 1024 ** 3,
    attributes: plainAttributes,
    ...more,
  };
}

/** A body that comes in pieces, as from a socket. */
export async function* pieces(body: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) {
    await new Promise((resolve) => setImmediate(resolve));
    yield body.subarray(at, at + size);
  }
}

/** The whole body of an object, however it is kept; undefined when there is no object. */
export async function readBody(
  store: EmbeddedStore,
  key: string,
  bucket = BUCKET,
): Promise<Buffer | undefined> {
  const opened = await store.objects.openObject(bucket, key, undefined, openTestEnvelope);
  return opened === undefined ? undefined : drain(opened);
}

/** The bytes an opened object was opened for; closes it. */
export async function drain(opened: OpenedObject): Promise<Buffer> {
  const parts: Buffer[] = [];
  try {
    for await (const part of opened.read()) parts.push(Buffer.from(part));
  } finally {
    await opened.close();
  }
  return Buffer.concat(parts);
}

/** The files below a store's blobs, as paths in that directory. */
export function blobFiles(directory: string): string[] {
  const blobs = join(directory, 'blobs');
  return readdirSync(blobs, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(blobs, name)).isFile(),
  );
}
