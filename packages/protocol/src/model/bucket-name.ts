import { OssError } from '../errors/oss-error.js';

const BUCKET_NAME = /^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/;

/**
 * Whether a name is a legal bucket name: 3 to 63 of `a-z`, `0-9` and `-`, beginning and ending with
 * a letter or digit (https://www.alibabacloud.com/help/en/oss/user-guide/bucket-naming-conventions).
 */
export function isBucketName(name: string): boolean {
  return BUCKET_NAME.test(name);
}

/** Refuses a name that is no legal bucket name with `InvalidBucketName`. */
export function checkBucketName(name: string): void {
  if (!isBucketName(name)) {
    throw new OssError('InvalidBucketName', { details: { BucketName: name } });
  }
}
