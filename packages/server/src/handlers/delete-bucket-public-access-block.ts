import { DeleteBucketPublicAccessBlock } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeBucket } from '../objects/change-bucket.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers DeleteBucketPublicAccessBlock. */
export const deleteBucketPublicAccessBlock = handler(
  DeleteBucketPublicAccessBlock,
  async ({ input, bucket, store }) => {
    const of = namedBucket(bucket, input.bucket);
    await changeBucket(store, of, (record) => ({ ...record, blocksPublicAccess: false }));
    return { output: {} };
  },
);
