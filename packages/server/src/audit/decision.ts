import type { CompiledPolicy, CompiledStatement, Verdict } from '@openoss/access';
import type { GrantedPolicy } from '@openoss/directory';

/** How a request was decided, and by what. */
export interface Decision {
  /**
   * `unauthenticated` where it was not proved who asks, `not-reached` where the request was refused, or
   * over, before anybody decided; `denied` where it is not known whether by a Deny.
   */
  readonly decision:
    | 'allowed'
    | 'implicit-deny'
    | 'explicit-deny'
    | 'denied'
    | 'unauthenticated'
    | 'not-reached';
  /** The action that was decided: the operation's own where it is allowed, otherwise the denied one. */
  readonly action?: string | undefined;
  /** The stage at which it was decided. */
  readonly decidedBy?: string | undefined;
  readonly statement?: StatementPlace | undefined;
  /** The bucket policy's Deny where a RAM policy has one, too. */
  readonly otherStatement?: StatementPlace | undefined;
}

/** Where a statement stands. */
export interface StatementPlace {
  readonly policyType: CompiledStatement['policy']['kind'];
  /** The name of a RAM policy, of a bucket, of a session. */
  readonly policyName: string;
  /** Of a RAM policy. */
  readonly policyVersion: string | undefined;
  /** The group that a user has a RAM policy through. */
  readonly group: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** Counted from 0, as in `Statement[0]`. */
  readonly index: number;
}

/** What is known of the RAM policies that were asked. */
export type Granted = readonly GrantedPolicy<CompiledPolicy>[];

/** A verdict, as it is told. `action` is what was asked for first. */
export function decisionOf(
  verdict: Verdict,
  action: string | undefined,
  granted: Granted,
): Decision {
  const { stage, statement } = verdict;
  const decided = {
    decidedBy: stage,
    statement: statement && placeOf(statement, granted),
  };
  if (verdict.allowed) return { decision: 'allowed', action, ...decided };
  const { bucketStatement } = verdict;
  return {
    decision: verdict.explicit ? 'explicit-deny' : 'implicit-deny',
    action: verdict.action,
    ...decided,
    otherStatement: bucketStatement && placeOf(bucketStatement, granted),
  };
}

function placeOf(statement: CompiledStatement, granted: Granted): StatementPlace {
  const { policy, effect, index } = statement;
  const from =
    policy.kind === 'ram'
      ? granted.find((one) => statementsOf(one.policy, effect).includes(statement))
      : undefined;
  return {
    policyType: policy.kind,
    policyName: policy.name,
    policyVersion: from?.version,
    group: from?.group,
    effect,
    index,
  };
}

const statementsOf = (policy: CompiledPolicy, effect: 'Allow' | 'Deny') =>
  effect === 'Deny' ? policy.denies : policy.allows;
