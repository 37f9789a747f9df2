import { integer } from '../operation/codec.js';
import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { child, xmlShape } from '../operation/xml-shape.js';

const count = (name: string) => child(name, integer());

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketstat */
export const GetBucketStat = operation({
  name: 'GetBucketStat',
  doc: 'Answers how many objects a bucket holds, and how many bytes, in all and by storage class.',
  match: { on: 'bucket', method: 'GET', query: { stat: null } },
  input: {},
  output: {
    result: xmlBody(
      xmlShape('BucketStat', {
        storage: count('Storage'),
        objectCount: count('ObjectCount'),
        multipartUploadCount: count('MultipartUploadCount'),
        liveChannelCount: count('LiveChannelCount'),
        lastModifiedTime: count('LastModifiedTime'),
        standardStorage: count('StandardStorage'),
        standardObjectCount: count('StandardObjectCount'),
        infrequentAccessStorage: count('InfrequentAccessStorage'),
        infrequentAccessRealStorage: count('InfrequentAccessRealStorage'),
        infrequentAccessObjectCount: count('InfrequentAccessObjectCount'),
        archiveStorage: count('ArchiveStorage'),
        archiveRealStorage: count('ArchiveRealStorage'),
        archiveObjectCount: count('ArchiveObjectCount'),
        coldArchiveStorage: count('ColdArchiveStorage'),
        coldArchiveRealStorage: count('ColdArchiveRealStorage'),
        coldArchiveObjectCount: count('ColdArchiveObjectCount'),
        deepColdArchiveStorage: count('DeepColdArchiveStorage'),
        deepColdArchiveRealStorage: count('DeepColdArchiveRealStorage'),
        deepColdArchiveObjectCount: count('DeepColdArchiveObjectCount'),
        multipartPartCount: count('MultipartPartCount'),
        deleteMarkerCount: count('DeleteMarkerCount'),
      }),
      'The counts.',
      { required: true },
    ),
  },
  actions: [{ action: 'oss:GetBucketStat' }],
  errors: [],
  examples: [
    {
      doc: 'Count what a bucket holds.',
      command: 'ossutil api get-bucket-stat --bucket examplebucket',
    },
  ],
});
