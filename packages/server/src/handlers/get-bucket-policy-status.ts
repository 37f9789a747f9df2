import { GetBucketPolicyStatus } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';
import { noSuchBucketPolicy } from '../objects/no-such-bucket-policy.js';
import { bucketPolicyOf } from '../stages/bucket-policy.js';

/** Answers GetBucketPolicyStatus. Of a bucket without a policy nothing is published; there is no status then. */
export const getBucketPolicyStatus = handler(GetBucketPolicyStatus, async ({ input, bucket }) => {
  const policy = bucketPolicyOf(namedBucket(bucket, input.bucket));
  if (policy === undefined) throw noSuchBucketPolicy(input.bucket);
  return { output: { result: { isPublic: policy.isPublic } } };
});
