import type { Principal } from './principal.js';
import type { Denied } from './verdict.js';

/** What AccessDenied tells a RAM user or a role, as elements of the error body (oss-protocol.md, 2.3). */
export interface AccessDeniedDetail {
  readonly PolicyType: 'SessionPolicy' | 'AccountLevelIdentityBasedPolicy';
  readonly AuthPrincipalOwnerId: string;
  readonly AuthPrincipalType: 'SubUser' | 'AssumedRoleUser';
  readonly AuthPrincipalDisplayName: string;
  readonly NoPermissionType: 'ExplicitDeny' | 'ImplicitDeny';
  readonly AuthAction: string;
}

/**
 * The AccessDeniedDetail of a denial. Undefined for accounts and anonymous requests, which have no
 * policies, and where the bucket policy alone denied: there is no type for it, and its statements are the
 * bucket owner's business. The EncodedDiagnosticMessage, which only RAM itself can read, is left out.
 */
export function accessDeniedDetail(
  principal: Principal,
  { denial, explicit, action }: Denied,
): AccessDeniedDetail | undefined {
  if (principal.kind === 'account' || principal.kind === 'anonymous') return undefined;
  if (denial === 'bucket-policy') return undefined;
  const isUser = principal.kind === 'user';
  return {
    PolicyType: denial === 'session-policy' ? 'SessionPolicy' : 'AccountLevelIdentityBasedPolicy',
    AuthPrincipalOwnerId: principal.account,
    AuthPrincipalType: isUser ? 'SubUser' : 'AssumedRoleUser',
    AuthPrincipalDisplayName: isUser ? principal.user : `${principal.role}:${principal.session}`,
    NoPermissionType: explicit ? 'ExplicitDeny' : 'ImplicitDeny',
    AuthAction: action,
  };
}
