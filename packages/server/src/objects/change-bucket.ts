import type { BucketRecord, ObjectStore } from '@openoss/storage';
import { noSuchBucket } from './named-bucket.js';

/**
 * Changes the bucket that a request was authorized for. One that somebody has made under the name since is
 * another bucket, and perhaps another account's: whoever sends a body slowly could wait for it.
 */
export async function changeBucket(
  store: ObjectStore,
  of: BucketRecord,
  change: (record: BucketRecord) => BucketRecord,
): Promise<void> {
  await store.updateBucket(of.name, (record) => {
    if (record.incarnation !== of.incarnation) throw noSuchBucket(of.name);
    return change(record);
  });
}
