import { PutBucketAcl } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';
import { changeBucket } from '../objects/change-bucket.js';
import { refuseMadeMeanwhile } from '../objects/made-meanwhile.js';
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
      if (!created) {
        refuseMadeMeanwhile(record, caller);
        if (isPublicAcl(acl)) await refuseIfBlocked(directory, record, 'PublicBucketAclBlocked');
        if (acl !== undefined) await changeBucket(store, record, (kept) => ({ ...kept, acl }));
      }
    } else if (acl !== undefined) {
      await changeBucket(store, bucket, (record) => ({ ...record, acl }));
    }
    return { output: {} };
  },
  { bucketOptional: true, actionsToCreate: ['oss:PutBucket'] },
);
