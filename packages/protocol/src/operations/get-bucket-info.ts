import { bucketAcls } from '../model/access-control-list.js';
import { storageClasses } from '../model/storage-class.js';
import { boolean, isoDate, oneOf, text } from '../operation/codec.js';
import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { child, struct, xmlShape } from '../operation/xml-shape.js';
import { ownerMembers } from '../operation-parts/owner.js';
import { encryptionDefault } from '../operation-parts/server-side-encryption-rule.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketinfo */
export const GetBucketInfo = operation({
  name: 'GetBucketInfo',
  doc: 'Answers what a bucket is: owner, ACL, region, class, redundancy and encryption.',
  match: { on: 'bucket', method: 'GET', query: { bucketInfo: null } },
  input: {},
  output: {
    result: xmlBody(
      xmlShape('BucketInfo', {
        bucket: struct('Bucket', {
          accessMonitor: child('AccessMonitor', text),
          creationDate: child('CreationDate', isoDate),
          extranetEndpoint: child('ExtranetEndpoint', text),
          intranetEndpoint: child('IntranetEndpoint', text),
          location: child('Location', text),
          storageClass: child('StorageClass', oneOf(storageClasses)),
          transferAcceleration: child('TransferAcceleration', text),
          crossRegionReplication: child('CrossRegionReplication', text),
          dataRedundancyType: child('DataRedundancyType', oneOf(['LRS', 'ZRS'])),
          name: child('Name', text),
          owner: struct('Owner', ownerMembers),
          accessControlList: struct('AccessControlList', {
            grant: child('Grant', oneOf(bucketAcls)),
          }),
          serverSideEncryptionRule: struct('ServerSideEncryptionRule', encryptionDefault),
          bucketPolicy: struct('BucketPolicy', {
            logBucket: child('LogBucket', text),
            logPrefix: child('LogPrefix', text),
          }),
          comment: child('Comment', text),
          blockPublicAccess: child('BlockPublicAccess', boolean),
        }),
      }),
      'The description of the bucket.',
      { required: true },
    ),
  },
  actions: [{ action: 'oss:GetBucketInfo' }],
  errors: [],
  examples: [
    { doc: 'Describe a bucket.', command: 'ossutil api get-bucket-info --bucket examplebucket' },
  ],
});
