import { PutBucketAcl } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';
import { isPublicAcl, refuseIfBlocked } from '../objects/refuse-if-blocked.js';

/**
 * Answers PutBucketAcl. OSS creates a bucket that does not exist (PutBucketAcl's page), and changes
 * nothing where no ACL is named.
 */
export const putBucketAcl = handler(
  PutBucketAcl,
  async ({ input, caller, store, directory, bucket }) => {
    const { acl } = input;
    if (isPublicAcl(acl)) {
      const of = bucket ?? { owner: accountOf(caller) };
      await refuseIfBlocked(directory, of, 'PublicBucketAclBlocked');
    }
    if (bucket === undefined) {
      await store.createBucket({
        name: input.bucket,
        owner: accountOf(caller),
        storageClass: 'Standard',
        redundancy: 'LRS',
        acl: acl ?? 'private',
      });
    } else if (acl !== undefined) {
      await store.updateBucket(input.bucket, (record) => ({ ...record, acl }));
    }
    return { output: {} };
  },
  { bucketOptional: true, actionsToCreate: ['oss:PutBucket'] },
);
