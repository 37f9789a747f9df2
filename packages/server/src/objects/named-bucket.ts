import { OssError } from '@openoss/protocol';
import type { BucketRecord } from '@openoss/storage';

/** The bucket of an operation that needs one; the pipeline has refused requests for a bucket that is not there. */
export function namedBucket(bucket: BucketRecord | undefined, name: string): BucketRecord {
  if (bucket === undefined) throw noSuchBucket(name);
  return bucket;
}

/** That there is no bucket of a name. */
export function noSuchBucket(name: string): OssError {
  return new OssError('NoSuchBucket', { details: { BucketName: name } });
}
