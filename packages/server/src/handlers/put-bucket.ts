import { OssError, PutBucket } from '@openoss/protocol';
import { type HandlerContext, handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';
import { changeBucket } from '../objects/change-bucket.js';
import { refuseMadeMeanwhile } from '../objects/made-meanwhile.js';
import { newBucket } from '../objects/new-bucket.js';
import { isPublicAcl, refuseIfBlocked } from '../objects/refuse-if-blocked.js';

/**
 * Answers PutBucket. An account that creates a bucket of its own again succeeds, unless it asks for
 * another class or redundancy, which a bucket cannot change; an ACL it names is then set. OSS's limit
 * of 100 buckets an account is a matter of its own capacity, and not kept here.
 */
export const putBucket = handler(
  PutBucket,
  async (context) => {
    const { input, caller, bucket, store, directory, settings } = context;
    const owner = accountOf(caller);
    const fresh = newBucket(input.bucket, owner, settings);
    const own = bucket?.owner === owner ? bucket : undefined;
    if (own !== undefined) checkRecreation(context);
    if (isPublicAcl(input.acl)) {
      await refuseIfBlocked(directory, own ?? fresh, 'PublicBucketAclBlocked');
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
    if (own?.incarnation !== record.incarnation) {
      refuseMadeMeanwhile(record, caller);
      if (isPublicAcl(input.acl))
        await refuseIfBlocked(directory, record, 'PublicBucketAclBlocked');
    }
    if (storageClass !== undefined && storageClass !== record.storageClass) {
      throw new OssError('BucketClassFixed', { details });
    }
    if (dataRedundancyType !== undefined && dataRedundancyType !== record.redundancy) {
      throw new OssError('BucketRedundancyFixed', { details });
    }
    const { acl } = input;
    if (acl !== undefined) await changeBucket(store, record, (kept) => ({ ...kept, acl }));
    return { output: {} };
  },
  { bucketOptional: true, createsBucket: true },
);

/**
 * Whether the caller may create a bucket again that its account has: the account itself may, and nobody else
 * whatever its permissions. With an ACL it is a PutBucketAcl in other clothes, and needs its permission
 * (the page of EC 0015-00000104).
 */
function checkRecreation({
  input,
  caller,
  authorization,
}: Pick<HandlerContext<typeof PutBucket>, 'input' | 'caller' | 'authorization'>): void {
  const isAccount = caller.principal.kind === 'account';
  if (isAccount) authorization.checkObject(undefined, undefined);
  const maySo =
    input.acl === undefined ? isAccount : authorization.decides('oss:PutBucketAcl', undefined);
  if (!maySo) throw new OssError('BucketAlreadyOwned', { details: { BucketName: input.bucket } });
}
