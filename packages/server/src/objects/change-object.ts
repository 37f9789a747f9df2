import type { BucketRecord, ObjectRecord, ObjectStore } from '@openoss/storage';
import { namedBucket } from './named-bucket.js';
import { checkVersion } from './version-of-object.js';

/** Which object, and which version of it. */
export interface NamedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

/**
 * Changes what is kept of an object in the bucket that the request was authorized for, not its bytes; refuses
 * where there is no such object or version.
 */
export async function changeObject(
  store: ObjectStore,
  bucket: BucketRecord | undefined,
  { bucket: name, key, versionId }: NamedObject,
  change: (record: ObjectRecord) => ObjectRecord,
): Promise<ObjectRecord> {
  checkVersion(versionId, name, key);
  return store.updateObject(namedBucket(bucket, name), key, change);
}
