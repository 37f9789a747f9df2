/** Who a request comes from, once its signature holds: an account with its own key, or nobody known. */
export type Principal =
  | { readonly kind: 'account' /** The account's UID. */; readonly account: string }
  | { readonly kind: 'anonymous' };

/** The principal of a request that carries no signature. */
export const anonymous: Principal = { kind: 'anonymous' };
