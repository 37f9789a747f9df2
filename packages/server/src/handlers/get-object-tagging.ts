import { GetObjectTagging } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';
import { noSuchKey } from '../objects/no-such-key.js';
import { tagSet } from '../objects/tag-pairs.js';
import { checkVersion } from '../objects/version-of-object.js';

/** Answers GetObjectTagging. */
export const getObjectTagging = handler(
  GetObjectTagging,
  async ({ input, bucket, store, admit }) => {
    checkVersion(input.versionId, input.bucket, input.key);
    const record = await store.getObject(namedBucket(bucket, input.bucket), input.key);
    if (record === undefined) throw noSuchKey(input.key);
    admit(record);
    return { output: { result: { tags: tagSet(record.tags) } } };
  },
);
