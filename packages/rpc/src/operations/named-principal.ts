import { type Ram, RamError } from '@openoss/directory';
import type { ExplainedPrincipal } from '../access-explainer.js';
import { RpcError } from '../rpc-error.js';

/** Somebody as a call names it. */
export type PrincipalName =
  | { readonly kind: 'anonymous' }
  /** An account itself. */
  | { readonly kind: 'root'; readonly account: string }
  | { readonly kind: 'user'; readonly account: string; readonly name: string }
  /** A RAM user by its UID alone, which does not tell whose it is. */
  | { readonly kind: 'uid'; readonly user: string }
  | {
      readonly kind: 'role';
      readonly account: string;
      readonly name: string;
      readonly session: string;
    };

/** What a session is called that was not told otherwise. */
const SOME_SESSION = 'some-session';
const ARN = /^acs:ram:[^:]*:([^:]*):(.+)$/;
/** As bucket policies name sessions. */
const SESSION_ARN = /^arn:sts:[^:]*:([^:]*):(assumed-role\/.+)$/;
const SESSION_NAME = /^[A-Za-z0-9.@_-]{2,64}$/;
/** UIDs of accounts have 16 digits, those of RAM users 18; whose user has such a name writes `user/`. */
const ACCOUNT_UID = /^\d{16}$/;
const USER_UID = /^\d{18}$/;

/**
 * Reads `anonymous`, `root` (the account itself), `alice` or `user/alice`, `role/name` or `role/name/session`,
 * an ARN, of another account too, or the UID of an account or a RAM user. Throws RpcError.
 */
export function parsePrincipal(text: string, own: string, parameter: string): PrincipalName {
  const [, ofAccount, inArn] = ARN.exec(text) ?? SESSION_ARN.exec(text) ?? [];
  const account = ofAccount ?? own;
  if (inArn !== undefined && !/^\d+$/.test(account)) throw unreadable(parameter);
  const [first = '', second, third, ...rest] = (inArn ?? text).split('/');
  if (rest.length > 0) throw unreadable(parameter);
  if (second === undefined) {
    if (first === 'root') return { kind: 'root', account };
    if (first === '' || first.includes(':') || inArn !== undefined) throw unreadable(parameter);
    if (first === 'anonymous') return { kind: 'anonymous' };
    if (ACCOUNT_UID.test(first)) return { kind: 'root', account: first };
    if (USER_UID.test(first)) return { kind: 'uid', user: first };
    return { kind: 'user', account, name: first };
  }
  if (first === 'user' && third === undefined && second !== '') {
    return { kind: 'user', account, name: second };
  }
  if ((first === 'role' || first === 'assumed-role') && second !== '') {
    if (third !== undefined && !SESSION_NAME.test(third)) {
      throw RpcError.invalid(parameter, 'a session has 2 to 64 letters, digits and . @ _ -');
    }
    return { kind: 'role', account, name: second, session: third ?? SOME_SESSION };
  }
  throw unreadable(parameter);
}

const unreadable = (parameter: string): RpcError =>
  RpcError.invalid(
    parameter,
    'write the name of a user, user/NAME, role/NAME, role/NAME/SESSION, root, anonymous, an ARN, or a UID',
  );

/** By which name policies speak of asking about somebody. */
export function principalResource(of: PrincipalName, own: string): string {
  if (of.kind === 'anonymous') return 'anonymous';
  // By its UID a user of the account itself is not asked about: see identityOf.
  if (of.kind === 'uid' || of.account !== own) return 'another-account';
  return of.kind === 'root' ? 'root' : `${of.kind}/${of.name}`;
}

/** Where somebody is looked up. */
interface KnownPrincipals {
  /** The account that asks. */
  readonly account: string;
  readonly ramOf: (account: string) => Ram;
}

/**
 * Somebody as OSS would know it. Throws RamError for a user or a role that the account which asks has none of;
 * what another has is not told. Throws RpcError for the UID of a user of the account's own.
 */
export async function identityOf(
  of: PrincipalName,
  { account: own, ramOf }: KnownPrincipals,
  sessionPolicy: string | undefined,
): Promise<ExplainedPrincipal> {
  switch (of.kind) {
    case 'anonymous':
      return { kind: 'anonymous' };
    case 'root':
      return { kind: 'account', account: of.account };
    case 'uid':
      if (await ramOf(own).users.has(of.user)) {
        throw RpcError.invalid(
          'Principal',
          'it is the UID of a user of this account: write its name',
        );
      }
      // Whose it is decides nothing but that it is not the account's own.
      return { kind: 'user', account: '', user: of.user, name: of.user };
    case 'user': {
      const { account, name } = of;
      return { kind: 'user', account, user: await userId(of, own, ramOf), name };
    }
    case 'role': {
      const { account, name, session } = of;
      // Policies name sessions by their roles' names; what else a role of another account is decides nothing.
      const { roleId, roleName } =
        account === own ? await ramOf(own).roles.get(name) : { roleId: '', roleName: name };
      return {
        kind: 'session',
        account,
        role: roleName,
        roleId,
        session,
        sessionPolicy,
        expires: Number.POSITIVE_INFINITY,
      };
    }
  }
}

/** A user's UID; of a user that another account does not have, one that nobody has. */
async function userId(
  { account, name }: Extract<PrincipalName, { kind: 'user' }>,
  own: string,
  ramOf: KnownPrincipals['ramOf'],
): Promise<string> {
  try {
    return (await ramOf(account).users.get(name)).userId;
  } catch (error) {
    const isMissing = error instanceof RamError && error.code === 'EntityNotExist.User';
    if (account === own || !isMissing) throw error;
    return '';
  }
}
