import { boolean, integer, text } from '../operation/codec.js';
import { query, xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { child, xmlShape } from '../operation/xml-shape.js';
import { listingInput, listingMembers } from '../operation-parts/listing.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/listobjects */
export const ListObjects = operation({
  name: 'ListObjects',
  doc: 'Lists the objects of a bucket by name, with their owners.',
  match: { on: 'bucket', method: 'GET' },
  input: {
    ...listingInput,
    marker: query('marker', text, 'List only names that come after this.'),
  },
  output: {
    result: xmlBody(
      xmlShape('ListBucketResult', {
        name: child('Name', text),
        prefix: child('Prefix', text),
        marker: child('Marker', text),
        maxKeys: child('MaxKeys', integer()),
        delimiter: child('Delimiter', text),
        encodingType: child('EncodingType', text, { optional: true }),
        isTruncated: child('IsTruncated', boolean),
        nextMarker: child('NextMarker', text, { optional: true }),
        ...listingMembers,
      }),
      'The objects.',
      { required: true },
    ),
  },
  actions: [{ action: 'oss:ListObjects' }],
  errors: ['MaxKeysInvalid', 'EncodingTypeInvalid'],
  examples: [
    {
      doc: 'List what lies directly under a prefix.',
      command: 'ossutil api list-objects --bucket examplebucket --prefix photos/ --delimiter /',
    },
  ],
});
