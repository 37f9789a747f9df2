import { operation } from '../operation/operation.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/deletebucketencryption */
export const DeleteBucketEncryption = operation({
  name: 'DeleteBucketEncryption',
  doc: 'Has the objects of a bucket no longer encrypted whose upload names no method. What the bucket holds already stays as it is.',
  match: { on: 'bucket', method: 'DELETE', query: { encryption: null } },
  input: {},
  output: {},
  success: [204],
  actions: [{ action: 'oss:DeleteBucketEncryption' }],
  errors: [],
  examples: [
    {
      doc: 'Encrypt only what asks for it.',
      command: 'ossutil api delete-bucket-encryption --bucket examplebucket',
    },
  ],
});
