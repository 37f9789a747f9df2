import { text } from '../operation/codec.js';
import { header, payload } from '../operation/field.js';
import { operation } from '../operation/operation.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketpolicy */
export const PutBucketPolicy = operation({
  name: 'PutBucketPolicy',
  doc: 'Gives a bucket this policy in place of the one it had.',
  match: { on: 'bucket', method: 'PUT', query: { policy: null } },
  input: {
    contentMd5: header('Content-MD5', text, 'The MD5 of the body, in base64.', { flag: false }),
    body: payload('The policy, a JSON document of at most 16 KB.'),
  },
  output: {},
  actions: [{ action: 'oss:PutBucketPolicy' }],
  errors: [
    'PolicyTooLong',
    'PolicyVersionInvalid',
    'PolicyValueTooLong',
    'PolicyInvalid',
    'PolicyConsecutiveStars',
    'PublicBucketPolicyBlocked',
    'MissingContentLength',
    'ContentMd5Malformed',
    'ContentMd5Mismatch',
  ],
  examples: [
    {
      doc: 'Give a bucket the policy in a file.',
      command: 'ossutil api put-bucket-policy --bucket examplebucket --body file://policy.json',
    },
    {
      doc: 'Let a RAM user of any account read what is under a prefix.',
      command: `ossutil api put-bucket-policy --bucket examplebucket --body '{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Principal":["27737962156157xxxx"],"Resource":["acs:oss:*:*:examplebucket/shared/*"]}]}'`,
    },
  ],
});
