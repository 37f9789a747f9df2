import { xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { serverSideEncryptionRule } from '../operation-parts/server-side-encryption-rule.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketencryption */
export const PutBucketEncryption = operation({
  name: 'PutBucketEncryption',
  doc: 'Has the objects of a bucket encrypted whose upload names no method. What the bucket holds already stays as it is.',
  match: { on: 'bucket', method: 'PUT', query: { encryption: null } },
  input: {
    serverSideEncryptionRule: xmlBody(
      serverSideEncryptionRule,
      'The method, and with KMS the key and the data encryption, as XML or JSON.',
      { required: true },
    ),
  },
  output: {},
  actions: [{ action: 'oss:PutBucketEncryption' }],
  errors: [
    'MalformedXml',
    'EncryptionAlgorithmInvalid',
    'BucketKeyIdNotApplicable',
    'BucketDataEncryptionInvalid',
  ],
  examples: [
    {
      doc: 'Encrypt with keys of the service.',
      command: `ossutil api put-bucket-encryption --bucket examplebucket --server-side-encryption-rule '{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}'`,
    },
    {
      doc: 'Encrypt with SM4 under a key of KMS.',
      command: `ossutil api put-bucket-encryption --bucket examplebucket --server-side-encryption-rule '{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"KMS","KMSMasterKeyID":"9468da86-3509-4f8d-a61e-6eab1eac****","KMSDataEncryption":"SM4"}}'`,
    },
  ],
});
