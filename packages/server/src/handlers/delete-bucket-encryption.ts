import { DeleteBucketEncryption } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers DeleteBucketEncryption. */
export const deleteBucketEncryption = handler(
  DeleteBucketEncryption,
  async ({ input, bucket, store }) => {
    const { name } = namedBucket(bucket, input.bucket);
    await store.updateBucket(name, (record) => ({ ...record, encryption: undefined }));
    return { output: {} };
  },
);
