// Written by `npm run generate` from the files in this folder. Do not edit.

import type { Operation } from '../operation/operation.js';

/**
 * Every operation by its command-line name, loaded when asked for: a program that runs one
 * operation evaluates one description.
 */
export const operationLoaders: Readonly<Record<string, () => Promise<Operation>>> = {
  'delete-bucket-encryption': async () => (await import('./delete-bucket-encryption.js')).DeleteBucketEncryption,
  'delete-bucket-policy': async () => (await import('./delete-bucket-policy.js')).DeleteBucketPolicy,
  'delete-bucket-public-access-block': async () => (await import('./delete-bucket-public-access-block.js')).DeleteBucketPublicAccessBlock,
  'delete-bucket': async () => (await import('./delete-bucket.js')).DeleteBucket,
  'delete-multiple-objects': async () => (await import('./delete-multiple-objects.js')).DeleteMultipleObjects,
  'delete-object-tagging': async () => (await import('./delete-object-tagging.js')).DeleteObjectTagging,
  'delete-object': async () => (await import('./delete-object.js')).DeleteObject,
  'delete-public-access-block': async () => (await import('./delete-public-access-block.js')).DeletePublicAccessBlock,
  'get-bucket-acl': async () => (await import('./get-bucket-acl.js')).GetBucketAcl,
  'get-bucket-encryption': async () => (await import('./get-bucket-encryption.js')).GetBucketEncryption,
  'get-bucket-info': async () => (await import('./get-bucket-info.js')).GetBucketInfo,
  'get-bucket-location': async () => (await import('./get-bucket-location.js')).GetBucketLocation,
  'get-bucket-policy-status': async () => (await import('./get-bucket-policy-status.js')).GetBucketPolicyStatus,
  'get-bucket-policy': async () => (await import('./get-bucket-policy.js')).GetBucketPolicy,
  'get-bucket-public-access-block': async () => (await import('./get-bucket-public-access-block.js')).GetBucketPublicAccessBlock,
  'get-bucket-stat': async () => (await import('./get-bucket-stat.js')).GetBucketStat,
  'get-object-acl': async () => (await import('./get-object-acl.js')).GetObjectAcl,
  'get-object-meta': async () => (await import('./get-object-meta.js')).GetObjectMeta,
  'get-object-tagging': async () => (await import('./get-object-tagging.js')).GetObjectTagging,
  'get-object': async () => (await import('./get-object.js')).GetObject,
  'get-public-access-block': async () => (await import('./get-public-access-block.js')).GetPublicAccessBlock,
  'head-object': async () => (await import('./head-object.js')).HeadObject,
  'list-buckets': async () => (await import('./list-buckets.js')).ListBuckets,
  'list-objects-v2': async () => (await import('./list-objects-v2.js')).ListObjectsV2,
  'list-objects': async () => (await import('./list-objects.js')).ListObjects,
  'put-bucket-acl': async () => (await import('./put-bucket-acl.js')).PutBucketAcl,
  'put-bucket-encryption': async () => (await import('./put-bucket-encryption.js')).PutBucketEncryption,
  'put-bucket-policy': async () => (await import('./put-bucket-policy.js')).PutBucketPolicy,
  'put-bucket-public-access-block': async () => (await import('./put-bucket-public-access-block.js')).PutBucketPublicAccessBlock,
  'put-bucket': async () => (await import('./put-bucket.js')).PutBucket,
  'put-object-acl': async () => (await import('./put-object-acl.js')).PutObjectAcl,
  'put-object-tagging': async () => (await import('./put-object-tagging.js')).PutObjectTagging,
  'put-object': async () => (await import('./put-object.js')).PutObject,
  'put-public-access-block': async () => (await import('./put-public-access-block.js')).PutPublicAccessBlock,
  'restore-object': async () => (await import('./restore-object.js')).RestoreObject,
};
