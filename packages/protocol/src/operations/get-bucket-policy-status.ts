import { boolean } from '../operation/codec.js';
import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { child, xmlShape } from '../operation/xml-shape.js';

const policyStatus = xmlShape('PolicyStatus', { isPublic: child('IsPublic', boolean) });

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketpolicystatus */
export const GetBucketPolicyStatus = operation({
  name: 'GetBucketPolicyStatus',
  doc: 'Answers whether the policy of a bucket grants something to the public.',
  match: { on: 'bucket', method: 'GET', query: { policyStatus: null } },
  input: {},
  output: {
    result: xmlBody(policyStatus, 'Whether the policy is public.', { required: true }),
  },
  actions: [{ action: 'oss:GetBucketPolicyStatus' }],
  errors: ['NoSuchBucketPolicy'],
  examples: [
    {
      doc: 'See whether the policy of a bucket is public.',
      command: 'ossutil api get-bucket-policy-status --bucket examplebucket',
    },
  ],
});
