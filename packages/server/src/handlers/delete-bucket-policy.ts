import { DeleteBucketPolicy } from '@openoss/protocol';
import { handler } from '../handler.js';

/** Answers DeleteBucketPolicy: 204 whether or not there was one. */
export const deleteBucketPolicy = handler(DeleteBucketPolicy, async ({ input, store }) => {
  await store.updateBucket(input.bucket, (record) => ({ ...record, policy: undefined }));
  return { output: {} };
});
