import { GetBucketPolicy } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';
import { noSuchBucketPolicy } from '../objects/no-such-bucket-policy.js';

/** Answers GetBucketPolicy. */
export const getBucketPolicy = handler(GetBucketPolicy, async ({ input, bucket }) => {
  const { policy } = namedBucket(bucket, input.bucket);
  if (policy === undefined) throw noSuchBucketPolicy(input.bucket);
  const body = Buffer.from(policy);
  return {
    output: { contentType: 'application/json', contentLength: body.length, body },
  };
});
