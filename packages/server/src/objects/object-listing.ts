import type { BucketRecord, ObjectStore } from '@openoss/storage';
import { ownerOf } from './owner.js';
import { restorationHeader } from './restoration.js';
import { urlEncoding } from './url-encoding.js';

/** What both listings are asked. */
export interface ListingRequest {
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly maxKeys?: number | undefined;
  readonly encodingType?: 'url' | undefined;
  /** Only names after this. */
  readonly after: string | undefined;
  readonly withOwner: boolean;
}

const DEFAULT_MAX_KEYS = 100;

/** Lists a bucket, in the form that both listings' answers share. */
export async function listObjects(
  store: ObjectStore,
  bucket: BucketRecord,
  request: ListingRequest,
  now: number,
) {
  const {
    prefix = '',
    delimiter = '',
    maxKeys = DEFAULT_MAX_KEYS,
    encodingType,
    after,
    withOwner,
  } = request;
  const listing = await store.listObjects(bucket, {
    prefix,
    delimiter: delimiter === '' ? undefined : delimiter,
    after,
    limit: maxKeys,
  });
  const encode = urlEncoding(encodingType);
  const next = listing.truncated ? listing.last : undefined;
  return {
    encode,
    next,
    members: {
      name: bucket.name,
      prefix: encode(prefix),
      maxKeys,
      delimiter: encode(delimiter),
      encodingType,
      isTruncated: listing.truncated,
      contents: listing.objects.map((record) => ({
        key: encode(record.key),
        lastModified: record.lastModified,
        etag: record.etag,
        type: record.type,
        size: record.size,
        storageClass: record.storageClass,
        restoreInfo: restorationHeader(record, now),
        owner: withOwner ? ownerOf(record.owner) : undefined,
      })),
      commonPrefixes: listing.commonPrefixes.map((name) => ({ prefix: encode(name) })),
    },
  };
}
