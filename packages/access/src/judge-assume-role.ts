import { emptyContext, type RequestContext } from './condition/request-context.js';
import type { CompiledPolicy, CompiledStatement } from './policy/compile-policy.js';
import { firstAllow, firstDeny, type PolicyRequest } from './policy/evaluate-policies.js';
import type { Principal } from './principal.js';
import type { Resource } from './resource.js';

/** What is asked: may this principal assume this role? */
export interface AssumeRoleQuestion {
  readonly principal: Principal;
  /** `acs:ram::UID:role/NAME`, taken apart. */
  readonly role: Resource;
  readonly trustPolicy: CompiledPolicy;
  /** The RAM policies of who asks. */
  readonly identityPolicies: readonly CompiledPolicy[];
  /** Where a session asks that was itself narrowed. */
  readonly sessionPolicy?: CompiledPolicy | undefined;
  readonly context?: RequestContext | undefined;
}

/** The answer, and which policies decided it. */
export interface AssumeRoleVerdict {
  readonly allowed: boolean;
  /** Whose Deny denied, or who did not allow; `identity-policy` where all allowed. */
  readonly by: 'session-policy' | 'identity-policy' | 'trust-policy';
  /** Whether a Deny decided. */
  readonly explicit: boolean;
  /** The statement that decided; where all allowed, the Allow of the RAM policies. */
  readonly statement: CompiledStatement | undefined;
}

/**
 * Decides AssumeRole: other than for a bucket, both the RAM policies of who asks and the trust policy of
 * the role have to allow it
 * (https://www.alibabacloud.com/help/en/resource-access-management/latest/policy-evaluation-process-of-assuming-a-ram-role).
 */
export function judgeAssumeRole(question: AssumeRoleQuestion): AssumeRoleVerdict {
  return judge(question, question.trustPolicy);
}

/**
 * The part of it that the role has no say in: whoever does not get past this could not assume it whatever it
 * says, and need not be told whether it is there.
 */
export function judgeAskingForRole(
  question: Omit<AssumeRoleQuestion, 'trustPolicy'>,
): AssumeRoleVerdict {
  return judge(question, undefined);
}

function judge(
  question: Omit<AssumeRoleQuestion, 'trustPolicy'>,
  trustPolicy: CompiledPolicy | undefined,
): AssumeRoleVerdict {
  const { principal, role, identityPolicies, sessionPolicy } = question;
  const request: PolicyRequest = {
    principal,
    action: 'sts:assumerole',
    resource: role,
    context: question.context ?? emptyContext,
    isOwner: false,
    ignoresPublic: false,
  };
  const stages = [
    ['session-policy', sessionPolicy === undefined ? [] : [sessionPolicy]],
    ['identity-policy', identityPolicies],
    ['trust-policy', trustPolicy === undefined ? [] : [trustPolicy]],
  ] as const;
  for (const [by, policies] of stages) {
    const statement = firstDeny(policies, request);
    if (statement !== undefined) return { allowed: false, by, explicit: true, statement };
  }
  let decisive: CompiledStatement | undefined;
  for (const [by, policies] of stages) {
    if (by === 'session-policy' && sessionPolicy === undefined) continue;
    if (by === 'trust-policy' && trustPolicy === undefined) continue;
    const statement = firstAllow(policies, request);
    if (statement === undefined) return { allowed: false, by, explicit: false, statement };
    if (by === 'identity-policy') decisive = statement;
  }
  return { allowed: true, by: 'identity-policy', explicit: false, statement: decisive };
}
