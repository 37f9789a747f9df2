import { GetObject, type InputOf, OssError, type OutputOf } from '@openoss/protocol';
import type { ByteRange, ObjectRecord, OpenedObject } from '@openoss/storage';
import { handler, type OutgoingBody } from '../handler.js';
import type { IncomingBody } from '../http/incoming-body.js';
import { readRange } from '../objects/byte-range.js';
import { describeObject } from '../objects/describe-object.js';
import { namedBucket } from '../objects/named-bucket.js';
import { noSuchKey } from '../objects/no-such-key.js';
import { checkReadConditions } from '../objects/read-conditions.js';
import { readOpened } from '../objects/read-opened.js';
import { isReadable } from '../objects/restoration.js';
import { checkVersion } from '../objects/version-of-object.js';

/** Answers GetObject. */
export const getObject = handler(
  GetObject,
  async ({ input, bucket, caller, store, settings, admit, encryption, authorization }) => {
    const from = namedBucket(bucket, input.bucket);
    if (caller.accessKeyId === undefined && overridesHeaders(input)) {
      throw new OssError('ResponseHeaderOverrideAnonymous');
    }
    checkVersion(input.versionId, input.bucket, input.key);

    const now = settings.now();
    let whole = true;
    const inspect = (record: ObjectRecord): ByteRange | undefined => {
      admit(record);
      checkReadConditions(input, record, now);
      if (!isReadable(record, now)) throw new OssError('ObjectArchived');
      const range = readRange(input.range, record.size, input.rangeBehavior === 'standard');
      if (range === 'unsatisfiable') throw unsatisfiable(input.range, record.size);
      whole = range === 'whole';
      return range === 'whole' ? undefined : range;
    };
    let dataKey = undefined as Uint8Array | undefined;
    let object: OpenedObject | undefined;
    try {
      object = await store.openObject(from, input.key, inspect, async (sealed) => {
        // Asked again where another object has come in its place meanwhile.
        dataKey?.fill(0);
        dataKey = await encryption.open(sealed, from, authorization);
        return dataKey;
      });
    } finally {
      dataKey?.fill(0);
    }
    if (object === undefined) throw noSuchKey(input.key);
    const { record, range } = object;
    const own = describeObject(record, input, authorization, now);
    // Written out, for copying one object into another is what costs most in a small answer.
    const output: OutputOf<typeof GetObject, OutgoingBody> = {
      contentType: input.responseContentType ?? own.contentType,
      contentLanguage: input.responseContentLanguage ?? own.contentLanguage,
      expires: input.responseExpires ?? own.expires,
      cacheControl: input.responseCacheControl ?? own.cacheControl,
      contentDisposition: input.responseContentDisposition ?? own.contentDisposition,
      contentEncoding: input.responseContentEncoding ?? own.contentEncoding,
      contentLength: whole ? own.contentLength : range.end - range.start,
      acceptRanges: own.acceptRanges,
      etag: own.etag,
      lastModified: own.lastModified,
      objectType: own.objectType,
      crc64: own.crc64,
      storageClass: own.storageClass,
      contentMd5: own.contentMd5,
      taggingCount: own.taggingCount,
      restore: own.restore,
      serverSideEncryption: own.serverSideEncryption,
      serverSideDataEncryption: own.serverSideDataEncryption,
      serverSideEncryptionKeyId: own.serverSideEncryptionKeyId,
      metadata: own.metadata,
      persistent: own.persistent,
      contentRange: whole ? undefined : `bytes ${range.start}-${range.end - 1}/${record.size}`,
      body: readOpened(object),
    };
    return whole ? { output } : { status: 206, output };
  },
);

function overridesHeaders(input: InputOf<typeof GetObject, IncomingBody>): boolean {
  return (
    input.responseContentType !== undefined ||
    input.responseContentLanguage !== undefined ||
    input.responseExpires !== undefined ||
    input.responseCacheControl !== undefined ||
    input.responseContentDisposition !== undefined ||
    input.responseContentEncoding !== undefined
  );
}

function unsatisfiable(range: string | undefined, size: number): OssError {
  return new OssError('InvalidRange', {
    details: { ActualObjectSize: String(size), RangeRequested: range ?? '' },
    headers: { 'Content-Range': `bytes */${size}` },
  });
}
