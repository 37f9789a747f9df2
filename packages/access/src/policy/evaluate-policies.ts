import type { CompiledCondition } from '../condition/compile-condition.js';
import type { RequestContext } from '../condition/request-context.js';
import type { Principal } from '../principal.js';
import type { Resource } from '../resource.js';
import type { CompiledPolicy, CompiledStatement } from './compile-policy.js';

/** One action on one resource, as policies are asked for it. */
export interface PolicyRequest {
  readonly principal: Principal;
  /** In lower case. */
  readonly action: string;
  readonly resource: Resource;
  readonly context: RequestContext;
  /** Whether the principal is the account that owns the bucket. */
  readonly isOwner: boolean;
  /** Whether what is granted to the public is ignored. */
  readonly ignoresPublic: boolean;
}

/** Why a statement does not apply to a request: the first thing about it that does not match. */
export type Mismatch =
  | 'action'
  | 'resource'
  | 'principal'
  /** A statement on everybody without a condition is not about the bucket's owner. */
  | 'owner'
  /** It grants something to the public, which is blocked. */
  | 'public'
  | CompiledCondition;

/**
 * Why a statement does not apply; undefined if it does (oss-protocol.md, 4.1). Everything about it has to
 * match.
 */
export function mismatchOf(
  statement: CompiledStatement,
  request: PolicyRequest,
): Mismatch | undefined {
  if (!statement.matchesAction(request.action)) return 'action';
  return otherMismatchOf(statement, request);
}

/** The same of a statement that speaks of the action. */
function otherMismatchOf(
  statement: CompiledStatement,
  request: PolicyRequest,
): Exclude<Mismatch, 'action'> | undefined {
  if (!statement.matchesResource(request.resource)) return 'resource';
  const { principals, conditions } = statement;
  if (principals !== undefined) {
    const isNamed = principals.named(request.principal);
    const isListed = isNamed || principals.everybody;
    if (isListed === principals.negated) return 'principal';
    if (request.isOwner && conditions.length === 0 && !isNamed) return 'owner';
  }
  if (request.ignoresPublic && statement.isPublic) return 'public';
  for (const condition of conditions) {
    if (!condition.holds(request.context)) return condition;
  }
  return undefined;
}

/** The first Deny that applies. */
export function firstDeny(
  policies: readonly CompiledPolicy[],
  request: PolicyRequest,
): CompiledStatement | undefined {
  for (const policy of policies) {
    for (const statement of policy.about(request.action).denies) {
      if (otherMismatchOf(statement, request) === undefined) return statement;
    }
  }
  return undefined;
}

/** The first Allow that applies. */
export function firstAllow(
  policies: readonly CompiledPolicy[],
  request: PolicyRequest,
): CompiledStatement | undefined {
  for (const policy of policies) {
    for (const statement of policy.about(request.action).allows) {
      if (otherMismatchOf(statement, request) === undefined) return statement;
    }
  }
  return undefined;
}
