import { DeleteBucketPolicy } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeBucket } from '../objects/change-bucket.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers DeleteBucketPolicy: 204 whether or not there was one. */
export const deleteBucketPolicy = handler(DeleteBucketPolicy, async ({ input, bucket, store }) => {
  const of = namedBucket(bucket, input.bucket);
  await changeBucket(store, of, (record) => ({ ...record, policy: undefined }));
  return { output: {} };
});
