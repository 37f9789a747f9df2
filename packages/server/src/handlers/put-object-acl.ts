import { PutObjectAcl } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeObject } from '../objects/change-object.js';
import { namedBucket } from '../objects/named-bucket.js';
import { isPublicAcl, refuseIfBlocked } from '../objects/refuse-if-blocked.js';

/** Answers PutObjectAcl. */
export const putObjectAcl = handler(PutObjectAcl, async (context) => {
  const { input, bucket, store, directory, admit } = context;
  if (isPublicAcl(input.objectAcl)) {
    const of = namedBucket(bucket, input.bucket);
    await refuseIfBlocked(directory, of, 'PublicObjectAclBlocked');
  }
  await changeObject(store, bucket, input, (record) => {
    admit(record);
    return { ...record, acl: input.objectAcl };
  });
  return { output: {} };
});
