import { OssError, PutBucket } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';
import { newBucket } from '../objects/new-bucket.js';
import { isPublicAcl, refuseIfBlocked } from '../objects/refuse-if-blocked.js';

/**
 * Answers PutBucket. Creating a bucket again that the caller owns succeeds, unless it asks for
 * another class or redundancy, which a bucket cannot change; an ACL it names is then set. OSS's limit
 * of 100 buckets an account is a matter of its own capacity, and not kept here.
 */
export const putBucket = handler(
  PutBucket,
  async ({ input, caller, bucket, store, directory, settings }) => {
    const owner = accountOf(caller);
    const fresh = newBucket(input.bucket, owner, settings);
    if (isPublicAcl(input.acl)) {
      const own = bucket?.owner === owner ? bucket : fresh;
      await refuseIfBlocked(directory, own, 'PublicBucketAclBlocked');
    }
    const { storageClass, dataRedundancyType } = input.createBucketConfiguration ?? {};
    const { record, created } = await store.createBucket({
      ...fresh,
      storageClass: storageClass ?? fresh.storageClass,
      redundancy: dataRedundancyType ?? fresh.redundancy,
      acl: input.acl ?? fresh.acl,
    });
    if (created) return { output: {} };
    const details = { BucketName: input.bucket };
    if (record.owner !== owner) throw new OssError('BucketAlreadyExists', { details });
    if (storageClass !== undefined && storageClass !== record.storageClass) {
      throw new OssError('BucketAlreadyExists', {
        message: "Bucket already exists can't modify storage class.",
        details,
      });
    }
    if (dataRedundancyType !== undefined && dataRedundancyType !== record.redundancy) {
      throw new OssError('BucketAlreadyExists', {
        message: "Bucket already exists can't modify data redundancy type.",
        details,
      });
    }
    const { acl } = input;
    if (acl !== undefined) await store.updateBucket(input.bucket, (kept) => ({ ...kept, acl }));
    return { output: {} };
  },
  { bucketOptional: true, createsBucket: true },
);
