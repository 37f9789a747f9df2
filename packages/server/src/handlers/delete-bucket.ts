import { DeleteBucket } from '@openoss/protocol';
import { handler } from '../handler.js';

/** Answers DeleteBucket. */
export const deleteBucket = handler(DeleteBucket, async ({ input, store }) => {
  await store.deleteBucket(input.bucket);
  return { output: {} };
});
