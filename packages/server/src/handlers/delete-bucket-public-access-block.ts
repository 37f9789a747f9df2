import { DeleteBucketPublicAccessBlock } from '@openoss/protocol';
import { handler } from '../handler.js';

/** Answers DeleteBucketPublicAccessBlock. */
export const deleteBucketPublicAccessBlock = handler(
  DeleteBucketPublicAccessBlock,
  async ({ input, store }) => {
    await store.updateBucket(input.bucket, (record) => ({ ...record, blocksPublicAccess: false }));
    return { output: {} };
  },
);
