import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { accessControlPolicy } from '../operation-parts/access-control-policy.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketacl */
export const GetBucketAcl = operation({
  name: 'GetBucketAcl',
  doc: 'Answers the ACL of a bucket.',
  match: { on: 'bucket', method: 'GET', query: { acl: null } },
  input: {},
  output: { result: xmlBody(accessControlPolicy, 'The owner and the ACL.', { required: true }) },
  actions: [{ action: 'oss:GetBucketAcl' }],
  errors: [],
  examples: [
    {
      doc: 'Show the ACL of a bucket.',
      command: 'ossutil api get-bucket-acl --bucket examplebucket',
    },
  ],
});
