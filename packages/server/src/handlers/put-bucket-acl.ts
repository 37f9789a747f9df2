import { PutBucketAcl } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';
import { newBucket } from '../objects/new-bucket.js';
import { isPublicAcl, refuseIfBlocked } from '../objects/refuse-if-blocked.js';

/**
 * Answers PutBucketAcl. OSS creates a bucket that does not exist (PutBucketAcl's page), and changes
 * nothing where no ACL is named.
 */
export const putBucketAcl = handler(
  PutBucketAcl,
  async ({ input, caller, store, directory, bucket, settings }) => {
    const { acl } = input;
    const of = bucket ?? newBucket(input.bucket, accountOf(caller), settings);
    if (isPublicAcl(acl)) await refuseIfBlocked(directory, of, 'PublicBucketAclBlocked');
    if (bucket === undefined) {
      await store.createBucket({ ...of, acl: acl ?? of.acl });
    } else if (acl !== undefined) {
      await store.updateBucket(input.bucket, (record) => ({ ...record, acl }));
    }
    return { output: {} };
  },
  { bucketOptional: true, actionsToCreate: ['oss:PutBucket'] },
);
