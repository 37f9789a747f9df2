import { bucketAcls } from '../model/access-control-list.js';
import { oneOf } from '../operation/codec.js';
import { header } from '../operation/field.js';
import { operation } from '../operation/operation.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketacl */
export const PutBucketAcl = operation({
  name: 'PutBucketAcl',
  doc: 'Sets the ACL of a bucket. A bucket that does not exist is created; without an ACL nothing changes.',
  match: { on: 'bucket', method: 'PUT', query: { acl: null } },
  input: {
    acl: header('x-oss-acl', oneOf(bucketAcls), 'The access control list (ACL) of the bucket.', {
      invalid: 'BucketAclInvalid',
    }),
  },
  output: {},
  actions: [{ action: 'oss:PutBucketAcl' }],
  errors: [
    'PublicBucketAclBlocked',
    'BucketAclInvalid',
    'BucketAlreadyExists',
    'BucketAlreadyOwned',
  ],
  examples: [
    {
      doc: 'Let everybody read the objects of a bucket.',
      command: 'ossutil api put-bucket-acl --bucket examplebucket --acl public-read',
    },
  ],
});
