import type { Ram } from '@openoss/directory';
import type { ExplainedPrincipal } from '../access-explainer.js';
import { RpcError } from '../rpc-error.js';

/** Somebody as a call names it. */
export type PrincipalName =
  | { readonly kind: 'anonymous' | 'root' }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'role'; readonly name: string; readonly session: string };

/** What a session is called that was not told otherwise. */
const SOME_SESSION = 'some-session';
const ARN = /^acs:ram:[^:]*:([^:]*):(.+)$/;
const SESSION_NAME = /^[A-Za-z0-9.@_-]{2,64}$/;

/**
 * Reads `anonymous`, `root` (the account itself), `alice` or `user/alice`, `role/name` or `role/name/session`,
 * or the ARN of one of the account. Throws RpcError.
 */
export function parsePrincipal(text: string, account: string, parameter: string): PrincipalName {
  const [, ofAccount, inArn] = ARN.exec(text) ?? [];
  if (ofAccount !== undefined && ofAccount !== account) {
    throw RpcError.invalid(parameter, 'it is of another account');
  }
  const [first = '', second, third, ...rest] = (inArn ?? text).split('/');
  if (rest.length > 0) throw unreadable(parameter);
  if (second === undefined) {
    if (first === 'anonymous' && inArn === undefined) return { kind: 'anonymous' };
    if (first === 'root' || first === account) return { kind: 'root' };
    if (first === '' || inArn !== undefined) throw unreadable(parameter);
    return { kind: 'user', name: first };
  }
  if (first === 'user' && third === undefined && second !== '') {
    return { kind: 'user', name: second };
  }
  if ((first === 'role' || first === 'assumed-role') && second !== '') {
    if (third !== undefined && !SESSION_NAME.test(third)) {
      throw RpcError.invalid(parameter, 'a session has 2 to 64 letters, digits and . @ _ -');
    }
    return { kind: 'role', name: second, session: third ?? SOME_SESSION };
  }
  throw unreadable(parameter);
}

const unreadable = (parameter: string): RpcError =>
  RpcError.invalid(
    parameter,
    'write the name of a user, user/NAME, role/NAME, role/NAME/SESSION, root, anonymous, or an ARN',
  );

/** By which name policies speak of asking about somebody. */
export function principalResource(of: PrincipalName): string {
  return of.kind === 'user' || of.kind === 'role' ? `${of.kind}/${of.name}` : of.kind;
}

/** Somebody as OSS would know it; throws RamError for a user or a role that there is none of. */
export async function identityOf(
  of: PrincipalName,
  account: string,
  ram: Ram,
  sessionPolicy: string | undefined,
): Promise<ExplainedPrincipal> {
  switch (of.kind) {
    case 'anonymous':
      return { kind: 'anonymous' };
    case 'root':
      return { kind: 'account', account };
    case 'user': {
      const { userId, userName } = await ram.users.get(of.name);
      return { kind: 'user', account, user: userId, name: userName };
    }
    case 'role': {
      const { roleId, roleName } = await ram.roles.get(of.name);
      return {
        kind: 'session',
        account,
        role: roleName,
        roleId,
        session: of.session,
        sessionPolicy,
        expires: Number.POSITIVE_INFINITY,
      };
    }
  }
}
