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
 * Lets pass who may do an action to each of some resources of its own account, or throws NotAllowed: an
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
    readonly action: string;
    readonly resources: readonly string[];
    readonly context: RequestContext;
  },
): Promise<PolicyDecision | undefined> {
  const { principal, service, action, resources, context } = question;
  if (resources.length === 0) return undefined;
  const { granted, session } = await permissions.of(principal);
  const identityPolicies = granted.map(({ policy }) => policy);
  let first: PolicyDecision | undefined;
  for (const relativeId of resources) {
    const verdict = judge({
      principal,
      actions: [`${service}:${action}`],
      resource: { service, region: '', account: principal.account, relativeId },
      identityPolicies,
      sessionPolicy: session,
      context,
    });
    const decision = { verdict, granted };
    if (!verdict.allowed) throw new NotAllowed(accessDeniedDetail(principal, verdict), decision);
    first ??= decision;
  }
  return first;
}
