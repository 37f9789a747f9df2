import {
  type AccessDeniedDetail,
  accessDeniedDetail,
  type CompiledPolicy,
  judge,
} from '@openoss/access';
import {
  type Identity,
  type PermissionFinder,
  RamError,
  type RequestContext,
} from '@openoss/directory';
import type { PolicyDecision } from './finished-call.js';
import type { Need } from './operation/operation.js';

/** A refusal for want of permission, with what RAM tells a user or a role about it. */
export class NotAllowed extends Error {
  readonly refusal: RamError;
  readonly detail: AccessDeniedDetail | undefined;
  /** Undefined where no policy is asked. */
  readonly decision: PolicyDecision | undefined;

  constructor(detail: AccessDeniedDetail | undefined, decision: PolicyDecision | undefined) {
    const refusal = RamError.of('NoPermission');
    super(refusal.message);
    this.name = 'NotAllowed';
    this.refusal = refusal;
    this.detail = detail;
    this.decision = decision;
  }
}

/**
 * Lets pass who may do everything that is needed to resources of its own account, or throws NotAllowed: an
 * account may do everything in itself, users and sessions what their policies allow. Resources are asked
 * about by their names (`user/alice`), also where they are still to be made: whoever may manage `user/dev-*`
 * may create `dev-1`, and who may manage `user/*` everything. Answers what was decided over the first resource;
 * undefined where there is none.
 */
export async function authorize(
  permissions: PermissionFinder<CompiledPolicy>,
  question: {
    readonly principal: Identity;
    /** Such as `ram`. */
    readonly service: string;
    /** Empty for resources that are in none. */
    readonly region: string;
    readonly needs: readonly Need[];
    readonly context: RequestContext;
  },
): Promise<PolicyDecision | undefined> {
  const { principal, service, region, needs, context } = question;
  if (needs.length === 0) return undefined;
  const { granted, session } = await permissions.of(principal);
  const identityPolicies = granted.map(({ policy }) => policy);
  let first: PolicyDecision | undefined;
  for (const { action: name, resource: relativeId } of needs) {
    const action = `${service}:${name}`;
    const verdict = judge({
      principal,
      actions: [action],
      resource: { service, region, account: principal.account, relativeId },
      identityPolicies,
      sessionPolicy: session,
      context,
    });
    const decision = { verdict, action, granted };
    if (!verdict.allowed) throw new NotAllowed(accessDeniedDetail(principal, verdict), decision);
    first ??= decision;
  }
  return first;
}
