import { DeleteBucket } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers DeleteBucket. */
export const deleteBucket = handler(DeleteBucket, async ({ input, bucket, store }) => {
  await store.deleteBucket(namedBucket(bucket, input.bucket));
  return { output: {} };
});
