import { text } from '../operation/codec.js';
import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { xmlTextShape } from '../operation/xml-shape.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketlocation */
export const GetBucketLocation = operation({
  name: 'GetBucketLocation',
  doc: 'Answers which region a bucket is in, such as oss-cn-hangzhou.',
  match: { on: 'bucket', method: 'GET', query: { location: null } },
  input: {},
  output: {
    result: xmlBody(xmlTextShape('LocationConstraint', text), 'The region.', { required: true }),
  },
  actions: [{ action: 'oss:GetBucketLocation' }],
  errors: [],
  examples: [
    {
      doc: 'Show where a bucket is.',
      command: 'ossutil api get-bucket-location --bucket examplebucket',
    },
  ],
});
