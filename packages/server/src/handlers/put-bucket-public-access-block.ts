import { PutBucketPublicAccessBlock } from '@openoss/protocol';
import { handler } from '../handler.js';

/** Answers PutBucketPublicAccessBlock. */
export const putBucketPublicAccessBlock = handler(
  PutBucketPublicAccessBlock,
  async ({ input, store }) => {
    const { blockPublicAccess } = input.publicAccessBlockConfiguration;
    await store.updateBucket(input.bucket, (record) => ({
      ...record,
      blocksPublicAccess: blockPublicAccess,
    }));
    return { output: {} };
  },
);
