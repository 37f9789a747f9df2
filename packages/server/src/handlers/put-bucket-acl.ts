import { OssError, PutBucketAcl } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';
import { changeBucket } from '../objects/change-bucket.js';
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
      const owner = accountOf(caller);
      const { record, created } = await store.createBucket({
        name: input.bucket,
        owner,
        storageClass: 'Standard',
        redundancy: 'LRS',
        acl: acl ?? 'private',
      });
      // It was made while this was on its way, and whether its ACL may be set by this caller was not asked.
      if (!created) {
        const kind = record.owner === owner ? 'BucketAlreadyOwned' : 'BucketAlreadyExists';
        throw new OssError(kind, { details: { BucketName: input.bucket } });
      }
    } else if (acl !== undefined) {
      await changeBucket(store, bucket, (record) => ({ ...record, acl }));
    }
    return { output: {} };
  },
  { bucketOptional: true, actionsToCreate: ['oss:PutBucket'] },
);
