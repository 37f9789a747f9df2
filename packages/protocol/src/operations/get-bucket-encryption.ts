import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { serverSideEncryptionRule } from '../operation-parts/server-side-encryption-rule.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketencryption */
export const GetBucketEncryption = operation({
  name: 'GetBucketEncryption',
  doc: 'Answers how the objects of a bucket are encrypted whose upload names no method.',
  match: { on: 'bucket', method: 'GET', query: { encryption: null } },
  input: {},
  output: {
    result: xmlBody(serverSideEncryptionRule, 'The rule, as it was given.', { required: true }),
  },
  actions: [{ action: 'oss:GetBucketEncryption' }],
  errors: ['NoSuchServerSideEncryptionRule'],
  examples: [
    {
      doc: 'Show how objects are encrypted.',
      command: 'ossutil api get-bucket-encryption --bucket examplebucket',
    },
  ],
});
