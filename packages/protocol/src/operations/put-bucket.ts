import { bucketAcls } from '../model/access-control-list.js';
import { storageClasses } from '../model/storage-class.js';
import { oneOf } from '../operation/codec.js';
import { header, xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { child, xmlShape } from '../operation/xml-shape.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/putbucket */
export const PutBucket = operation({
  name: 'PutBucket',
  doc: 'Creates a bucket. An account that creates one of its own again changes nothing but the ACL, if it names one.',
  match: { on: 'bucket', method: 'PUT' },
  input: {
    acl: header('x-oss-acl', oneOf(bucketAcls), 'The access control list (ACL) of the bucket.', {
      invalid: 'BucketAclInvalid',
      empty: 'BucketAclInvalid',
    }),
    createBucketConfiguration: xmlBody(
      xmlShape('CreateBucketConfiguration', {
        storageClass: child('StorageClass', oneOf(storageClasses), { optional: true }),
        dataRedundancyType: child('DataRedundancyType', oneOf(['LRS', 'ZRS']), { optional: true }),
      }),
      'The default storage class and the redundancy of the bucket, as XML or JSON.',
    ),
  },
  output: {},
  actions: [{ action: 'oss:PutBucket' }],
  errors: [
    'PublicBucketAclBlocked',
    'InvalidBucketName',
    'BucketAlreadyExists',
    'BucketAlreadyOwned',
    'BucketClassFixed',
    'BucketRedundancyFixed',
    'BucketAclInvalid',
    'MalformedXml',
  ],
  examples: [
    { doc: 'Create a bucket.', command: 'ossutil api put-bucket --bucket examplebucket' },
    {
      doc: 'Create a bucket whose objects are of class IA unless told otherwise.',
      command:
        'ossutil api put-bucket --bucket examplebucket --create-bucket-configuration \'{"StorageClass":"IA"}\'',
    },
  ],
});
