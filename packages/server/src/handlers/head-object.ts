import { HeadObject } from '@openoss/protocol';
import { handler } from '../handler.js';
import { describeObject } from '../objects/describe-object.js';
import { namedBucket } from '../objects/named-bucket.js';
import { noSuchKey } from '../objects/no-such-key.js';
import { checkReadConditions } from '../objects/read-conditions.js';
import { checkVersion } from '../objects/version-of-object.js';

/** Answers HeadObject. */
export const headObject = handler(
  HeadObject,
  async ({ input, bucket, store, settings, admit, authorization }) => {
    checkVersion(input.versionId, input.bucket, input.key);
    const record = await store.getObject(namedBucket(bucket, input.bucket), input.key);
    if (record === undefined) throw noSuchKey(input.key);
    admit(record);
    const now = settings.now();
    checkReadConditions(input, record, now);
    return { output: describeObject(record, input, authorization, now) };
  },
);
