import { GetBucketAcl } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';
import { ownerOf } from '../objects/owner.js';

/** Answers GetBucketAcl. */
export const getBucketAcl = handler(GetBucketAcl, async ({ input, bucket }) => {
  const { owner, acl } = namedBucket(bucket, input.bucket);
  return { output: { result: { owner: ownerOf(owner), accessControlList: { grant: acl } } } };
});
