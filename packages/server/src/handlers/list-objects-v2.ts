import { ListObjectsV2, OssError } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';
import { listObjects } from '../objects/object-listing.js';

/** Answers ListObjectsV2. A continuation token is the last name of the answer before, in base64. */
export const listObjectsV2 = handler(ListObjectsV2, async ({ input, bucket, store, settings }) => {
  const { startAfter } = input;
  // The SDK for Python sends an empty one when it has none yet.
  const continuationToken = input.continuationToken === '' ? undefined : input.continuationToken;
  const after = continuationToken === undefined ? startAfter : readToken(continuationToken);
  const { members, encode, next } = await listObjects(
    store,
    namedBucket(bucket, input.bucket),
    { ...input, after: after === '' ? undefined : after, withOwner: input.fetchOwner ?? false },
    settings.now(),
  );
  return {
    output: {
      result: {
        ...members,
        startAfter: startAfter === undefined ? undefined : encode(startAfter),
        continuationToken,
        nextContinuationToken: next === undefined ? undefined : makeToken(next),
        keyCount: members.contents.length + members.commonPrefixes.length,
      },
    },
  };
});

function makeToken(name: string): string {
  return Buffer.from(name).toString('base64url');
}

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64url').toString('utf8');
  if (makeToken(name) !== token) {
    throw new OssError('ContinuationTokenInvalid', {
      details: { ArgumentName: 'continuation-token', ArgumentValue: token },
    });
  }
  return name;
}
