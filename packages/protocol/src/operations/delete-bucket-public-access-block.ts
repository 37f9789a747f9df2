import { operation } from '../operation/operation.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/deletebucketpublicaccessblock */
export const DeleteBucketPublicAccessBlock = operation({
  name: 'DeleteBucketPublicAccessBlock',
  doc: 'Turns Block Public Access off for a bucket.',
  match: { on: 'bucket', method: 'DELETE', query: { publicAccessBlock: null } },
  input: {},
  output: {},
  success: [204],
  actions: [{ action: 'oss:DeleteBucketPublicAccessBlock' }],
  errors: [],
  examples: [
    {
      doc: 'Turn it off.',
      command: 'ossutil api delete-bucket-public-access-block --bucket examplebucket',
    },
  ],
});
