import { OssError } from '@openoss/protocol';
import type { Caller } from '../stages/authenticate.js';

/** The account that a caller acts for, its own or that of its user or role; an anonymous caller has none, and so cannot own a bucket. */
export function accountOf({ principal }: Caller): string {
  if (principal.kind === 'anonymous') throw new OssError('DeniedAnonymousOperation');
  return principal.account;
}
