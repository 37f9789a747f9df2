import { GetBucketPublicAccessBlock } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers GetBucketPublicAccessBlock: the bucket's own, whatever its owner has set for all. */
export const getBucketPublicAccessBlock = handler(
  GetBucketPublicAccessBlock,
  async ({ input, bucket }) => {
    const { blocksPublicAccess = false } = namedBucket(bucket, input.bucket);
    return { output: { result: { blockPublicAccess: blocksPublicAccess } } };
  },
);
