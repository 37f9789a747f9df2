import { isUtf8 } from 'node:buffer';
import {
  type CompiledPolicy,
  compilePolicy,
  PolicyError,
  type PolicyFault,
  parsePolicy,
  policyRules,
} from '@openoss/access';
import { type ErrorKind, OssError, PutBucketPolicy } from '@openoss/protocol';
import { handler } from '../handler.js';
import { checkBodyMd5 } from '../http/content-md5.js';
import { changeBucket } from '../objects/change-bucket.js';
import { namedBucket } from '../objects/named-bucket.js';
import { refuseIfBlocked } from '../objects/refuse-if-blocked.js';

const REFUSALS: Readonly<Record<PolicyFault, ErrorKind>> = {
  'too-long': 'PolicyTooLong',
  'value-too-long': 'PolicyValueTooLong',
  version: 'PolicyVersionInvalid',
  'consecutive-stars': 'PolicyConsecutiveStars',
  json: 'PolicyInvalid',
  grammar: 'PolicyInvalid',
};

/** Answers PutBucketPolicy. What is wrong with a policy is told with its place. */
export const putBucketPolicy = handler(
  PutBucketPolicy,
  async ({ input, bucket, store, directory }) => {
    const of = namedBucket(bucket, input.bucket);
    const { maxLength } = policyRules.bucket;
    const bytes =
      (await input.body?.whole(maxLength, () => new OssError('PolicyTooLong'))) ?? Buffer.alloc(0);
    checkBodyMd5(bytes, input.contentMd5);
    if (!isUtf8(bytes)) throw new OssError('PolicyInvalid', { message: 'the policy is not UTF-8' });
    const document = bytes.toString('utf8');
    if (compiled(document, of.name).isPublic) {
      await refuseIfBlocked(directory, of, 'PublicBucketPolicyBlocked');
    }
    await changeBucket(store, of, (record) => ({ ...record, policy: document }));
    return { output: {} };
  },
);

function compiled(document: string, bucket: string): CompiledPolicy {
  try {
    return compilePolicy(parsePolicy(document, 'bucket'), bucket);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new OssError(REFUSALS[error.fault], { message: error.message });
  }
}
