import { boolean, integer, text } from '../operation/codec.js';
import { query, xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { child, xmlShape } from '../operation/xml-shape.js';
import { listingInput, listingMembers } from '../operation-parts/listing.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/listobjectsv2 */
export const ListObjectsV2 = operation({
  name: 'ListObjectsV2',
  doc: 'Lists the objects of a bucket by name; more than one answer holds are read on by a token.',
  match: { on: 'bucket', method: 'GET', query: { 'list-type': '2' } },
  input: {
    ...listingInput,
    startAfter: query('start-after', text, 'List only names that come after this.'),
    continuationToken: query(
      'continuation-token',
      text,
      'The token of the answer before, to read on.',
    ),
    fetchOwner: query('fetch-owner', boolean, 'Whether to name the owner of each object.'),
  },
  output: {
    result: xmlBody(
      xmlShape('ListBucketResult', {
        name: child('Name', text),
        prefix: child('Prefix', text),
        startAfter: child('StartAfter', text, { optional: true }),
        continuationToken: child('ContinuationToken', text, { optional: true }),
        maxKeys: child('MaxKeys', integer()),
        delimiter: child('Delimiter', text),
        encodingType: child('EncodingType', text, { optional: true }),
        isTruncated: child('IsTruncated', boolean),
        nextContinuationToken: child('NextContinuationToken', text, { optional: true }),
        keyCount: child('KeyCount', integer()),
        ...listingMembers,
      }),
      'The objects.',
      { required: true },
    ),
  },
  actions: [{ action: 'oss:ListObjects' }],
  errors: ['MaxKeysInvalid', 'EncodingTypeInvalid', 'ContinuationTokenInvalid'],
  examples: [
    {
      doc: 'List the first ten names under a prefix.',
      command: 'ossutil api list-objects-v2 --bucket examplebucket --prefix photos/ --max-keys 10',
    },
  ],
});
