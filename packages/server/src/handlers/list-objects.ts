import { ListObjects } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';
import { listObjects as list } from '../objects/object-listing.js';

/** Answers ListObjects. */
export const listObjects = handler(ListObjects, async ({ input, bucket, store, settings }) => {
  const { marker = '' } = input;
  const { members, encode, next } = await list(
    store,
    namedBucket(bucket, input.bucket),
    { ...input, after: marker === '' ? undefined : marker, withOwner: true },
    settings.now(),
  );
  return {
    output: {
      result: {
        ...members,
        marker: encode(marker),
        nextMarker: next === undefined ? undefined : encode(next),
      },
    },
  };
});
