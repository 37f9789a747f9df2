import { OssError } from '@openoss/protocol';

/** The refusal of a question about the policy of a bucket that has none. */
export function noSuchBucketPolicy(bucket: string): OssError {
  return new OssError('NoSuchBucketPolicy', { details: { BucketName: bucket } });
}
