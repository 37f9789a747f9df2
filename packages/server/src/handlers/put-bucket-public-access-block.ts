import { PutBucketPublicAccessBlock } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeBucket } from '../objects/change-bucket.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers PutBucketPublicAccessBlock. */
export const putBucketPublicAccessBlock = handler(
  PutBucketPublicAccessBlock,
  async ({ input, bucket, store }) => {
    const of = namedBucket(bucket, input.bucket);
    const { blockPublicAccess } = input.publicAccessBlockConfiguration;
    await changeBucket(store, of, (record) => ({
      ...record,
      blocksPublicAccess: blockPublicAccess,
    }));
    return { output: {} };
  },
);
