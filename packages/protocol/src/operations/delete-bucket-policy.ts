import { operation } from '../operation/operation.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/deletebucketpolicy */
export const DeleteBucketPolicy = operation({
  name: 'DeleteBucketPolicy',
  doc: 'Takes the policy off a bucket, if it has one.',
  match: { on: 'bucket', method: 'DELETE', query: { policy: null } },
  input: {},
  output: {},
  success: [204],
  actions: [{ action: 'oss:DeleteBucketPolicy' }],
  errors: [],
  examples: [
    {
      doc: 'Take the policy off a bucket.',
      command: 'ossutil api delete-bucket-policy --bucket examplebucket',
    },
  ],
});
