import { type ConditionOperator, describeOperator } from './condition-operator.js';
import type { RequestContext } from './request-context.js';

/** One condition of a statement: an operator, a key, and the values of which one has to match. */
export interface Condition {
  readonly operator: ConditionOperator;
  /** In the spelling that contexts are asked with. */
  readonly key: string;
  readonly values: readonly string[];
}

/** A condition made ready to be asked. */
export interface CompiledCondition extends Condition {
  readonly holds: (context: RequestContext) => boolean;
}

/**
 * Compiles a condition. It holds where any value of the request matches any value of the policy, and
 * where it is negated, where none does. So a key that the request does not have fails a positive operator
 * and fulfils a negated one: published policies rely on it, denying with `StringNotLike vpc-*` what did not
 * come through a VPC.
 */
export function compileCondition({ operator, key, values }: Condition): CompiledCondition {
  const { compile, negated = false } = describeOperator(operator);
  const matches = compile(values);
  const holds = (context: RequestContext) => {
    const actual = context(key);
    if (actual === undefined) return negated;
    if (typeof actual === 'string') return matches(actual) !== negated;
    return actual.some(matches) !== negated;
  };
  return Object.freeze({ operator, key, values, holds });
}
