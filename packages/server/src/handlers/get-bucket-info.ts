import { GetBucketInfo } from '@openoss/protocol';
import { handler } from '../handler.js';
import { encryptionDefaultOf } from '../objects/encryption-default.js';
import { endpointsOf } from '../objects/endpoints.js';
import { namedBucket } from '../objects/named-bucket.js';
import { ownerOf } from '../objects/owner.js';

/** Answers GetBucketInfo. */
export const getBucketInfo = handler(GetBucketInfo, async ({ input, bucket, settings }) => {
  const record = namedBucket(bucket, input.bucket);
  const { encryption } = record;
  const { extranetEndpoint, intranetEndpoint, location } = endpointsOf(settings);
  return {
    output: {
      result: {
        bucket: {
          accessMonitor: 'Disabled',
          creationDate: record.createdAt,
          extranetEndpoint,
          intranetEndpoint,
          location,
          storageClass: record.storageClass,
          transferAcceleration: 'Disabled',
          crossRegionReplication: 'Disabled',
          dataRedundancyType: record.redundancy,
          name: record.name,
          owner: ownerOf(record.owner),
          accessControlList: { grant: record.acl },
          serverSideEncryptionRule: encryption
            ? encryptionDefaultOf(encryption)
            : { sseAlgorithm: 'None' },
          bucketPolicy: { logBucket: '', logPrefix: '' },
          comment: '',
          blockPublicAccess: record.blocksPublicAccess ?? false,
        },
      },
    },
  };
});
