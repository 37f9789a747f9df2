import { GetBucketEncryption, OssError } from '@openoss/protocol';
import { handler } from '../handler.js';
import { encryptionDefaultOf } from '../objects/encryption-default.js';
import { namedBucket } from '../objects/named-bucket.js';

/** Answers GetBucketEncryption. */
export const getBucketEncryption = handler(GetBucketEncryption, async ({ input, bucket }) => {
  const { encryption } = namedBucket(bucket, input.bucket);
  if (encryption === undefined) {
    throw new OssError('NoSuchServerSideEncryptionRule', { details: { BucketName: input.bucket } });
  }
  return {
    output: { result: { applyServerSideEncryptionByDefault: encryptionDefaultOf(encryption) } },
  };
});
