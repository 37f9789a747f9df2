import { DeleteBucketEncryption } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeBucket } from '../objects/change-bucket.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers DeleteBucketEncryption. */
export const deleteBucketEncryption = handler(
  DeleteBucketEncryption,
  async ({ input, bucket, store }) => {
    const of = namedBucket(bucket, input.bucket);
    await changeBucket(store, of, (record) => ({ ...record, encryption: undefined }));
    return { output: {} };
  },
);
