import { integer, text } from '../operation/codec.js';
import { header, payload } from '../operation/field.js';
import { operation } from '../operation/operation.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketpolicy */
export const GetBucketPolicy = operation({
  name: 'GetBucketPolicy',
  doc: 'Answers the policy of a bucket, as it was given.',
  match: { on: 'bucket', method: 'GET', query: { policy: null } },
  input: {},
  output: {
    contentType: header('Content-Type', text, 'That it is JSON.'),
    contentLength: header('Content-Length', integer(), 'How many bytes it has.'),
    body: payload('The policy, a JSON document.'),
  },
  actions: [{ action: 'oss:GetBucketPolicy' }],
  errors: ['NoSuchBucketPolicy'],
  examples: [
    {
      doc: 'Show the policy of a bucket.',
      command: 'ossutil api get-bucket-policy --bucket examplebucket',
    },
  ],
});
