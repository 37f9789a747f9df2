import { DeleteObject } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers DeleteObject: 204 whether or not there was such an object, or such a version of it. */
export const deleteObject = handler(DeleteObject, async ({ input, bucket, store, admit }) => {
  const named = input.versionId === undefined || input.versionId === 'null';
  if (named) await store.deleteObject(namedBucket(bucket, input.bucket), input.key, admit);
  return { output: {} };
});
