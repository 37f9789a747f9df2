import { parsePolicy } from '../policy/parse-policy.js';
import { PolicyError } from '../policy/policy-error.js';
import type { PolicyKind } from '../policy/policy-kind.js';

/** The refusal of what is no policy, in tests; throws if it is one. */
export function faultOf(document: unknown, kind: PolicyKind): PolicyError {
  try {
    parsePolicy(document, kind);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error(`parses: ${JSON.stringify(document)}`);
}
