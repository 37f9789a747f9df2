import { checkEncryptionRule, PutBucketEncryption } from '@openoss/protocol';
import { handler } from '../handler.js';
import { changeBucket } from '../objects/change-bucket.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers PutBucketEncryption. As with OSS, the key is not looked at: a put finds out whether it is there. */
export const putBucketEncryption = handler(
  PutBucketEncryption,
  async ({ input, bucket, store }) => {
    const { applyServerSideEncryptionByDefault } = input.serverSideEncryptionRule;
    const encryption = checkEncryptionRule(applyServerSideEncryptionByDefault);
    const of = namedBucket(bucket, input.bucket);
    await changeBucket(store, of, (record) => ({ ...record, encryption }));
    return { output: {} };
  },
);
