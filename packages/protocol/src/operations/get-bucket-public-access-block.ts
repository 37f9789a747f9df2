import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { publicAccessBlockConfiguration } from '../operation-parts/public-access-block-configuration.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketpublicaccessblock */
export const GetBucketPublicAccessBlock = operation({
  name: 'GetBucketPublicAccessBlock',
  doc: 'Answers whether Block Public Access is on for a bucket.',
  match: { on: 'bucket', method: 'GET', query: { publicAccessBlock: null } },
  input: {},
  output: {
    result: xmlBody(publicAccessBlockConfiguration, 'Whether it is on.', { required: true }),
  },
  actions: [{ action: 'oss:GetBucketPublicAccessBlock' }],
  errors: [],
  examples: [
    {
      doc: 'See whether it is on.',
      command: 'ossutil api get-bucket-public-access-block --bucket examplebucket',
    },
  ],
});
