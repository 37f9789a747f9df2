import type { Principal } from '../principal.js';
import { compileWildcard } from '../text/wildcard.js';
import type { Choice } from './policy-document.js';

/** Whether a principal is one of those that a list names. */
export type PrincipalMatcher = (principal: Principal) => boolean;

/** Of whom a list of principals speaks, not yet turned around where it is a NotPrincipal. */
export interface PrincipalPattern {
  /** `*` is in the list. */
  readonly everybody: boolean;
  /** Those named, `*` aside. */
  readonly named: PrincipalMatcher;
}

/**
 * Compiles the principals of a bucket policy: UIDs, each of exactly one account or RAM user, and ARNs of
 * sessions with wildcards in each part, `arn:sts::UID:assumed-role/ROLE/SESSION`, whose names tell
 * upper from lower case (https://www.alibabacloud.com/help/en/oss/user-guide/oss-bucket-policy/, scenario 4).
 */
export function compilePrincipals({ values }: Choice): PrincipalPattern {
  const uids = new Set(values.filter((value) => /^\d+$/.test(value)));
  const sessions = values.filter((value) => value.startsWith('arn:')).map(compileSession);
  return {
    everybody: values.includes('*'),
    named: (principal) => {
      switch (principal.kind) {
        case 'account':
          return uids.has(principal.account);
        case 'user':
          return uids.has(principal.user);
        case 'session':
          return sessions.some((matches) => matches(principal));
        case 'anonymous':
          return false;
      }
    },
  };
}

type Session = Extract<Principal, { kind: 'session' }>;

function compileSession(arn: string): (session: Session) => boolean {
  const [, , , uid = '', path = ''] = arn.split(':');
  const [kind = '', role = '', session = ''] = path.split('/');
  if (!compileWildcard(kind)('assumed-role')) return () => false;
  const isOf = compileWildcard(uid);
  const isRole = compileWildcard(role);
  const isSession = compileWildcard(session);
  return (principal) =>
    isOf(principal.account) && isRole(principal.role) && isSession(principal.session);
}

/**
 * Compiles the principals of a trust policy. `root` is every RAM user and role of an account and the
 * account itself (https://www.alibabacloud.com/help/en/ram/user-guide/edit-the-trust-policy-of-a-ram-role).
 * Services and identity providers are nobody who can sign a request here: they match no principal.
 */
export function compileTrusted({ values }: Choice): PrincipalPattern {
  const matchers = values.filter((value) => value.startsWith('RAM:')).map(compileTrustedRam);
  return { everybody: false, named: (principal) => matchers.some((matches) => matches(principal)) };
}

function compileTrustedRam(value: string): PrincipalMatcher {
  const [, , , , uid = '', path = ''] = value.split(':');
  const isOf = compileWildcard(uid);
  const [kind, name = ''] = path.split('/');
  const isNamed = compileWildcard(name);
  return (principal) => {
    if (principal.kind === 'anonymous' || !isOf(principal.account)) return false;
    if (kind === 'root') return true;
    if (principal.kind === 'user') return kind === 'user' && isNamed(principal.name);
    return principal.kind === 'session' && kind === 'role' && isNamed(principal.role);
  };
}
