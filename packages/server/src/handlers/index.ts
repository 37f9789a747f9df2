// Written by `npm run generate` from the files in this folder. Do not edit.

import type { BoundHandler } from '../handler.js';
import { deleteBucketEncryption } from './delete-bucket-encryption.js';
import { deleteBucketPolicy } from './delete-bucket-policy.js';
import { deleteBucketPublicAccessBlock } from './delete-bucket-public-access-block.js';
import { deleteBucket } from './delete-bucket.js';
import { deleteMultipleObjects } from './delete-multiple-objects.js';
import { deleteObjectTagging } from './delete-object-tagging.js';
import { deleteObject } from './delete-object.js';
import { deletePublicAccessBlock } from './delete-public-access-block.js';
import { getBucketAcl } from './get-bucket-acl.js';
import { getBucketEncryption } from './get-bucket-encryption.js';
import { getBucketInfo } from './get-bucket-info.js';
import { getBucketLocation } from './get-bucket-location.js';
import { getBucketPolicyStatus } from './get-bucket-policy-status.js';
import { getBucketPolicy } from './get-bucket-policy.js';
import { getBucketPublicAccessBlock } from './get-bucket-public-access-block.js';
import { getBucketStat } from './get-bucket-stat.js';
import { getObjectAcl } from './get-object-acl.js';
import { getObjectMeta } from './get-object-meta.js';
import { getObjectTagging } from './get-object-tagging.js';
import { getObject } from './get-object.js';
import { getPublicAccessBlock } from './get-public-access-block.js';
import { headObject } from './head-object.js';
import { listBuckets } from './list-buckets.js';
import { listObjectsV2 } from './list-objects-v2.js';
import { listObjects } from './list-objects.js';
import { putBucketAcl } from './put-bucket-acl.js';
import { putBucketEncryption } from './put-bucket-encryption.js';
import { putBucketPolicy } from './put-bucket-policy.js';
import { putBucketPublicAccessBlock } from './put-bucket-public-access-block.js';
import { putBucket } from './put-bucket.js';
import { putObjectAcl } from './put-object-acl.js';
import { putObjectTagging } from './put-object-tagging.js';
import { putObject } from './put-object.js';
import { putPublicAccessBlock } from './put-public-access-block.js';
import { restoreObject } from './restore-object.js';

/** The handler of every operation that this server serves. */
export const handlers: readonly BoundHandler[] = [
  deleteBucketEncryption,
  deleteBucketPolicy,
  deleteBucketPublicAccessBlock,
  deleteBucket,
  deleteMultipleObjects,
  deleteObjectTagging,
  deleteObject,
  deletePublicAccessBlock,
  getBucketAcl,
  getBucketEncryption,
  getBucketInfo,
  getBucketLocation,
  getBucketPolicyStatus,
  getBucketPolicy,
  getBucketPublicAccessBlock,
  getBucketStat,
  getObjectAcl,
  getObjectMeta,
  getObjectTagging,
  getObject,
  getPublicAccessBlock,
  headObject,
  listBuckets,
  listObjectsV2,
  listObjects,
  putBucketAcl,
  putBucketEncryption,
  putBucketPolicy,
  putBucketPublicAccessBlock,
  putBucket,
  putObjectAcl,
  putObjectTagging,
  putObject,
  putPublicAccessBlock,
  restoreObject,
];
