import { type Crc64Engine, OssError } from '@openoss/protocol';
import type { BodyThreads } from './body/body-threads.js';
import type { Buckets } from './buckets.js';
import type { BlobEngine } from './engine/blob-engine.js';
import { EngineFailed } from './engine/metadata-engine.js';
import type { StorageSpace } from './engine/storage-space.js';
import type { SlabPool } from './memory/slab-pool.js';
import type { NextObject, ObjectCommits } from './object-commits.js';
import type { ObjectRecord } from './object-record.js';
import type { PutObjectRequest, PutObjectResult } from './object-store.js';
import { type ReceivedBody, receiveBody } from './receive-body.js';
import { bodyOf, dataKeyOf, discardBody, sealedObject } from './stored-body.js';

export interface PutObjectParts {
  readonly blobs: BlobEngine;
  readonly registry: Buckets;
  readonly commits: ObjectCommits;
  readonly clock: () => number;
  readonly space: StorageSpace;
  readonly inlineLimit: number;
  readonly crc64: Crc64Engine;
  readonly bodyThreads: BodyThreads;
  readonly slabs: SlabPool;
}

/**
 * Receives a body and puts it under its key: body first, then the one commit that makes it visible.
 * A crash between the two leaves an unnamed blob for the sweeper, never a record without bytes.
 */
export async function putObject(
  parts: PutObjectParts,
  request: PutObjectRequest,
): Promise<PutObjectResult> {
  const { blobs, registry, commits, space, inlineLimit, crc64, bodyThreads } = parts;
  const { key, body, size, maxBytes, admit, beforeBody, sealing } = request;
  const dataKey = sealing === undefined ? undefined : dataKeyOf(sealing);
  const bucket = await registry.require(request.bucket);
  if (request.incarnation !== undefined && request.incarnation !== bucket.incarnation) {
    throw new OssError('NoSuchBucket', { details: { BucketName: request.bucket } });
  }
  const isAtHand = body instanceof Uint8Array && body.length <= inlineLimit;
  if (!isAtHand) {
    // A refusal that can be made before the body is read is made before the body is read. For a
    // small body that is here already the look at the commit is early enough.
    if (admit !== undefined) admit(await commits.read(bucket, key));
    space.admit(size !== undefined && size > inlineLimit ? 'blob' : 'record', size ?? 0);
    beforeBody?.();
  }
  let received: ReceivedBody | undefined;
  let taken = 0;
  try {
    received = await receiveBody(body, {
      size,
      maxBytes,
      inlineLimit,
      crc64,
      bodyThreads,
      sealing: dataKey === undefined ? undefined : { ...parts, dataKey },
      createBlob: (expectedSize, tap) =>
        blobs.create({ bucket: bucket.incarnation, key }, expectedSize, tap),
    });
    const complete = received;
    checkDigests(complete, request);
    const { before, after } = await commits.change(bucket, key, (existing) => {
      admit?.(existing);
      // A blob has been written already, and its record is short.
      if (taken === 0 && Buffer.isBuffer(complete.content)) {
        const bytes = Math.max(1, complete.content.length);
        space.take('record', bytes);
        taken = bytes;
      }
      const next = nextObject(parts, request, complete);
      return sealing === undefined || dataKey === undefined
        ? next
        : sealedObject(next, bucket, sealing, dataKey);
    });
    if (after === undefined) throw new Error('A put left no object');
    return { record: after, replaced: before };
  } catch (error) {
    // After a failed flush nobody knows what is on disk: the record may name the blob.
    if (received !== undefined && !(error instanceof EngineFailed)) await discardBody(received);
    throw error;
  } finally {
    space.release(taken);
  }
}

function checkDigests(received: ReceivedBody, { expectMd5, expectCrc64 }: PutObjectRequest): void {
  if (
    expectMd5 !== undefined &&
    Buffer.from(expectMd5).toString('hex').toUpperCase() !== received.md5
  ) {
    throw new OssError('ContentMd5Mismatch');
  }
  if (expectCrc64 !== undefined && expectCrc64 !== received.crc64) {
    throw new OssError('Crc64Mismatch');
  }
}

function nextObject(
  { commits, clock }: PutObjectParts,
  { key, attributes }: PutObjectRequest,
  { size, md5, crc64, content }: ReceivedBody,
): NextObject {
  const revision = commits.nextId();
  const { storageClass, acl, owner, headers, metadata, tags } = attributes;
  const record: ObjectRecord = {
    key,
    revision,
    type: 'Normal',
    size,
    etag: md5,
    crc64,
    lastModified: clock(),
    storageClass,
    acl,
    owner,
    headers,
    metadata,
    tags,
    body: bodyOf(content, revision),
  };
  return record.body.kind === 'inline' && Buffer.isBuffer(content)
    ? { record, inline: content }
    : { record };
}
