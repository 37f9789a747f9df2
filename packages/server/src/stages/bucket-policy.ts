import { type CompiledPolicy, compilePolicy, parsePolicy } from '@openoss/access';
import type { BucketRecord } from '@openoss/storage';

/** By record: one that is changed is another, so each version is compiled once. */
const compiled = new WeakMap<BucketRecord, CompiledPolicy>();

/**
 * A bucket's policy, ready to be asked; undefined where there is none. Throws where it cannot be read:
 * nothing is decided without it, for it might deny.
 */
export function bucketPolicyOf(bucket: BucketRecord): CompiledPolicy | undefined {
  if (bucket.policy === undefined) return undefined;
  const known = compiled.get(bucket);
  if (known !== undefined) return known;
  const policy = compilePolicy(parsePolicy(bucket.policy, 'bucket'), bucket.name);
  compiled.set(bucket, policy);
  return policy;
}
