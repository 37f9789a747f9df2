import { OssError } from '@openoss/protocol';
import type { BucketRecord } from '@openoss/storage';

/** The bucket of an operation that needs one; the pipeline has refused requests for a bucket that is not there. */
export function namedBucket(bucket: BucketRecord | undefined, name: string): BucketRecord {
  if (bucket === undefined) throw new OssError('NoSuchBucket', { details: { BucketName: name } });
  return bucket;
}
