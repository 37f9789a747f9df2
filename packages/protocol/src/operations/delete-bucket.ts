import { operation } from '../operation/operation.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/deletebucket */
export const DeleteBucket = operation({
  name: 'DeleteBucket',
  doc: 'Deletes a bucket that holds nothing.',
  match: { on: 'bucket', method: 'DELETE' },
  input: {},
  output: {},
  success: [204],
  actions: [{ action: 'oss:DeleteBucket' }],
  errors: ['BucketNotEmpty'],
  examples: [
    { doc: 'Delete an empty bucket.', command: 'ossutil api delete-bucket --bucket examplebucket' },
  ],
});
