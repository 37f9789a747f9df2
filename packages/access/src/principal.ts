/**
 * Who a request comes from, once its signature holds: an account with its own key, one of its RAM users, a
 * session of one of its roles, or nobody known.
 */
export type Principal =
  | { readonly kind: 'account' /** The account's UID. */; readonly account: string }
  | {
      readonly kind: 'user';
      /** The UID of the account it belongs to. */
      readonly account: string;
      /** The user's own UID, which bucket policies name. */
      readonly user: string;
      /** Its name, which trust policies name. */
      readonly name: string;
    }
  | {
      readonly kind: 'session';
      /** The UID of the account the role belongs to. */
      readonly account: string;
      readonly role: string;
      /** The name whoever assumed the role gave the session. */
      readonly session: string;
    }
  | { readonly kind: 'anonymous' };

/** The principal of a request that carries no signature. */
export const anonymous: Principal = { kind: 'anonymous' };

/** How a principal is written for people and logs: an account by its UID, the others by their ARN, or `anonymous`. */
export function formatPrincipal(principal: Principal): string {
  switch (principal.kind) {
    case 'account':
      return principal.account;
    case 'user':
      return `acs:ram::${principal.account}:user/${principal.name}`;
    case 'session':
      return `arn:sts::${principal.account}:assumed-role/${principal.role}/${principal.session}`;
    case 'anonymous':
      return 'anonymous';
  }
}
