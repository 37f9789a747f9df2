import { OssError } from '@openoss/protocol';

/**
 * Refuses a version id that names no version of an object. Buckets are not versioned yet, and an
 * object of a bucket that never was has one version, `null`.
 */
export function checkVersion(versionId: string | undefined, bucket: string, key: string): void {
  if (versionId === undefined || versionId === 'null') return;
  throw new OssError('NoSuchVersion', {
    details: { BucketName: bucket, Key: key, VersionId: versionId },
  });
}
