import { storageClasses } from '../model/storage-class.js';
import { boolean, integer, isoDate, oneOf, text } from '../operation/codec.js';
import { query, xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { child, list, struct, xmlShape } from '../operation/xml-shape.js';
import { ownerMembers } from '../operation-parts/owner.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/listbuckets */
export const ListBuckets = operation({
  name: 'ListBuckets',
  doc: "Lists the caller's buckets, by name.",
  match: { on: 'service', method: 'GET' },
  input: {
    prefix: query('prefix', text, 'List only buckets whose names begin with this.'),
    marker: query('marker', text, 'List only buckets whose names come after this.'),
    maxKeys: query(
      'max-keys',
      integer({ min: 1, max: 1000 }),
      'The most buckets one answer has, 1 to 1000; 100 unless told.',
      {
        invalid: 'MaxKeysInvalid',
        empty: 'MaxKeysInvalid',
      },
    ),
  },
  output: {
    result: xmlBody(
      xmlShape('ListAllMyBucketsResult', {
        prefix: child('Prefix', text, { optional: true }),
        marker: child('Marker', text, { optional: true }),
        maxKeys: child('MaxKeys', integer(), { optional: true }),
        isTruncated: child('IsTruncated', boolean, { optional: true }),
        nextMarker: child('NextMarker', text, { optional: true }),
        owner: struct('Owner', ownerMembers),
        buckets: list(
          'Bucket',
          {
            creationDate: child('CreationDate', isoDate),
            extranetEndpoint: child('ExtranetEndpoint', text),
            intranetEndpoint: child('IntranetEndpoint', text),
            location: child('Location', text),
            name: child('Name', text),
            region: child('Region', text),
            storageClass: child('StorageClass', oneOf(storageClasses)),
          },
          { wrapper: 'Buckets' },
        ),
      }),
      'The buckets.',
      { required: true },
    ),
  },
  actions: [{ action: 'oss:ListBuckets' }],
  errors: ['MaxKeysInvalid'],
  examples: [
    { doc: 'List buckets as JSON.', command: 'ossutil api list-buckets --output-format json' },
  ],
});
