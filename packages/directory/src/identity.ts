import type { Principal } from '@openoss/access';

/** Whom a request comes from, once its signature holds. */
export type Identity = AccountIdentity | UserIdentity | SessionIdentity;

/** An account itself, by an access key of its own: everything in it is its to do. */
export type AccountIdentity = Extract<Principal, { readonly kind: 'account' }>;

/** A RAM user. */
export interface UserIdentity {
  readonly kind: 'user';
  readonly account: string;
  /** Its own UID: 18 digits. It stays when the user is renamed; bucket policies name a user by it. */
  readonly user: string;
  /** By which trust policies name it. */
  readonly name: string;
}

/** Somebody who has assumed a role. */
export interface SessionIdentity {
  readonly kind: 'session';
  /** The account that the role belongs to. */
  readonly account: string;
  /** The role's name. */
  readonly role: string;
  readonly roleId: string;
  /** What whoever assumed the role has called the session. */
  readonly session: string;
  /** The document to which the session is held besides what its role may. */
  readonly sessionPolicy: string | undefined;
  /** When the session ends, in milliseconds since 1970. */
  readonly expires: number;
}

/** What GetCallerIdentity tells of somebody. */
export interface CallerIdentity {
  readonly identityType: 'Account' | 'RAMUser' | 'AssumedRoleUser';
  readonly accountId: string;
  readonly principalId: string;
  readonly arn: string;
  readonly userId: string | undefined;
  readonly roleId: string | undefined;
}

export function callerIdentity(identity: Identity): CallerIdentity {
  const { account } = identity;
  const arn = arnOf(identity);
  switch (identity.kind) {
    case 'account':
      return {
        identityType: 'Account',
        accountId: account,
        principalId: account,
        arn,
        userId: account,
        roleId: undefined,
      };
    case 'user':
      return {
        identityType: 'RAMUser',
        accountId: account,
        principalId: identity.user,
        arn,
        userId: identity.user,
        roleId: undefined,
      };
    case 'session':
      return {
        identityType: 'AssumedRoleUser',
        accountId: account,
        principalId: `${identity.roleId}:${identity.session}`,
        arn,
        userId: undefined,
        roleId: identity.roleId,
      };
  }
}

/** The ARN by which GetCallerIdentity, trust policies and messages name somebody. */
export function arnOf(identity: Identity): string {
  const { account } = identity;
  switch (identity.kind) {
    case 'account':
      return `acs:ram::${account}:root`;
    case 'user':
      return `acs:ram::${account}:user/${identity.name}`;
    case 'session':
      return `acs:ram::${account}:assumed-role/${identity.role}/${identity.session}`;
  }
}

/** The ARN of a role. */
export const roleArn = (account: string, roleName: string): string =>
  `acs:ram::${account}:role/${roleName}`;
