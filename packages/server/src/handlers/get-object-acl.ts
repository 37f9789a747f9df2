import { GetObjectAcl } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';
import { noSuchKey } from '../objects/no-such-key.js';
import { ownerOf } from '../objects/owner.js';
import { checkVersion } from '../objects/version-of-object.js';

/** Answers GetObjectAcl. */
export const getObjectAcl = handler(GetObjectAcl, async ({ input, bucket, store, admit }) => {
  checkVersion(input.versionId, input.bucket, input.key);
  const record = await store.getObject(namedBucket(bucket, input.bucket), input.key);
  if (record === undefined) throw noSuchKey(input.key);
  admit(record);
  return {
    output: { result: { owner: ownerOf(record.owner), accessControlList: { grant: record.acl } } },
  };
});
