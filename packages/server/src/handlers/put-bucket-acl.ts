import { OssError, PutBucketAcl } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';
import { changeBucket } from '../objects/change-bucket.js';
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
      const { record, created } = await store.createBucket({ ...of, acl: acl ?? of.acl });
      // It was made while this was on its way, and whether its ACL may be set by this caller was not asked.
      if (!created) {
        const kind = record.owner === of.owner ? 'BucketAlreadyOwned' : 'BucketAlreadyExists';
        throw new OssError(kind, { details: { BucketName: input.bucket } });
      }
    } else if (acl !== undefined) {
      await changeBucket(store, bucket, (record) => ({ ...record, acl }));
    }
    return { output: {} };
  },
  { bucketOptional: true, actionsToCreate: ['oss:PutBucket'] },
);
