// Written by `npm run generate` from the files in this folder. Do not edit.

import type { Operation } from '../operation/operation.js';
import { DeleteBucketEncryption } from './delete-bucket-encryption.js';
import { DeleteBucketPolicy } from './delete-bucket-policy.js';
import { DeleteBucketPublicAccessBlock } from './delete-bucket-public-access-block.js';
import { DeleteBucket } from './delete-bucket.js';
import { DeleteMultipleObjects } from './delete-multiple-objects.js';
import { DeleteObjectTagging } from './delete-object-tagging.js';
import { DeleteObject } from './delete-object.js';
import { DeletePublicAccessBlock } from './delete-public-access-block.js';
import { GetBucketAcl } from './get-bucket-acl.js';
import { GetBucketEncryption } from './get-bucket-encryption.js';
import { GetBucketInfo } from './get-bucket-info.js';
import { GetBucketLocation } from './get-bucket-location.js';
import { GetBucketPolicyStatus } from './get-bucket-policy-status.js';
import { GetBucketPolicy } from './get-bucket-policy.js';
import { GetBucketPublicAccessBlock } from './get-bucket-public-access-block.js';
import { GetBucketStat } from './get-bucket-stat.js';
import { GetObjectAcl } from './get-object-acl.js';
import { GetObjectMeta } from './get-object-meta.js';
import { GetObjectTagging } from './get-object-tagging.js';
import { GetObject } from './get-object.js';
import { GetPublicAccessBlock } from './get-public-access-block.js';
import { HeadObject } from './head-object.js';
import { ListBuckets } from './list-buckets.js';
import { ListObjectsV2 } from './list-objects-v2.js';
import { ListObjects } from './list-objects.js';
import { PutBucketAcl } from './put-bucket-acl.js';
import { PutBucketEncryption } from './put-bucket-encryption.js';
import { PutBucketPolicy } from './put-bucket-policy.js';
import { PutBucketPublicAccessBlock } from './put-bucket-public-access-block.js';
import { PutBucket } from './put-bucket.js';
import { PutObjectAcl } from './put-object-acl.js';
import { PutObjectTagging } from './put-object-tagging.js';
import { PutObject } from './put-object.js';
import { PutPublicAccessBlock } from './put-public-access-block.js';
import { RestoreObject } from './restore-object.js';

export * from './delete-bucket-encryption.js';
export * from './delete-bucket-policy.js';
export * from './delete-bucket-public-access-block.js';
export * from './delete-bucket.js';
export * from './delete-multiple-objects.js';
export * from './delete-object-tagging.js';
export * from './delete-object.js';
export * from './delete-public-access-block.js';
export * from './get-bucket-acl.js';
export * from './get-bucket-encryption.js';
export * from './get-bucket-info.js';
export * from './get-bucket-location.js';
export * from './get-bucket-policy-status.js';
export * from './get-bucket-policy.js';
export * from './get-bucket-public-access-block.js';
export * from './get-bucket-stat.js';
export * from './get-object-acl.js';
export * from './get-object-meta.js';
export * from './get-object-tagging.js';
export * from './get-object.js';
export * from './get-public-access-block.js';
export * from './head-object.js';
export * from './list-buckets.js';
export * from './list-objects-v2.js';
export * from './list-objects.js';
export * from './put-bucket-acl.js';
export * from './put-bucket-encryption.js';
export * from './put-bucket-policy.js';
export * from './put-bucket-public-access-block.js';
export * from './put-bucket.js';
export * from './put-object-acl.js';
export * from './put-object-tagging.js';
export * from './put-object.js';
export * from './put-public-access-block.js';
export * from './restore-object.js';

/** Every operation that is described. */
export const operations: readonly Operation[] = [
  DeleteBucketEncryption,
  DeleteBucketPolicy,
  DeleteBucketPublicAccessBlock,
  DeleteBucket,
  DeleteMultipleObjects,
  DeleteObjectTagging,
  DeleteObject,
  DeletePublicAccessBlock,
  GetBucketAcl,
  GetBucketEncryption,
  GetBucketInfo,
  GetBucketLocation,
  GetBucketPolicyStatus,
  GetBucketPolicy,
  GetBucketPublicAccessBlock,
  GetBucketStat,
  GetObjectAcl,
  GetObjectMeta,
  GetObjectTagging,
  GetObject,
  GetPublicAccessBlock,
  HeadObject,
  ListBuckets,
  ListObjectsV2,
  ListObjects,
  PutBucketAcl,
  PutBucketEncryption,
  PutBucketPolicy,
  PutBucketPublicAccessBlock,
  PutBucket,
  PutObjectAcl,
  PutObjectTagging,
  PutObject,
  PutPublicAccessBlock,
  RestoreObject,
];
