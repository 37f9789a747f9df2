import { type HeadObject, needsRestore, type OutputOf } from '@openoss/protocol';
import type { ObjectRecord } from '@openoss/storage';
import { encryptionAnswerOf } from '../encryption/encryption-answer.js';
import type { Authorization } from '../stages/authorize.js';
import { restorationHeader } from './restoration.js';
import { readStoredHeaders } from './stored-headers.js';

/** The headers that HeadObject and GetObject answer of an object. */
export function describeObject(
  record: ObjectRecord,
  { versionId }: { readonly versionId?: string | undefined },
  authorization: Pick<Authorization, 'allows'>,
  now: number,
): OutputOf<typeof HeadObject> {
  const stored = readStoredHeaders(record.headers);
  const encryption = encryptionAnswerOf(record.sealing);
  return {
    cacheControl: stored.cacheControl,
    contentDisposition: stored.contentDisposition,
    contentEncoding: stored.contentEncoding,
    contentLanguage: stored.contentLanguage,
    contentType: stored.contentType,
    expires: stored.expires,
    contentLength: record.size,
    acceptRanges: 'bytes',
    etag: record.etag,
    lastModified: record.lastModified,
    objectType: record.type,
    crc64: record.crc64,
    storageClass: record.storageClass,
    contentMd5: contentMd5Of(record),
    // Told to who may read the tags (https://www.alibabacloud.com/help/en/oss/developer-reference/getobject).
    taggingCount:
      record.tags.length > 0 && authorization.allows(tagReading(versionId), record)
        ? record.tags.length
        : undefined,
    restore: needsRestore(record.storageClass) ? restorationHeader(record, now) : undefined,
    serverSideEncryption: encryption.serverSideEncryption,
    serverSideDataEncryption: encryption.serverSideDataEncryption,
    serverSideEncryptionKeyId: encryption.serverSideEncryptionKeyId,
    metadata: record.metadata.length === 0 ? undefined : Object.fromEntries(record.metadata),
    persistent: stored.persistent,
  };
}

const tagReading = (versionId: string | undefined): string =>
  versionId === undefined ? 'oss:GetObjectTagging' : 'oss:GetObjectVersionTagging';

/** Room for one MD5, for a buffer of its own would take longer to make than all the rest. */
const md5 = Buffer.alloc(16);

/** The Content-MD5 of an object put in one piece: its ETag, which is the MD5 in hex, as base64. */
export function contentMd5Of({ etag }: Pick<ObjectRecord, 'etag'>): string {
  return md5.toString('base64', 0, md5.write(etag, 'hex'));
}
