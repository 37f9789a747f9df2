import { decodeEntry as decodeRoomEntry, type EntryKey, entryKey as key } from '@openoss/storage';

export { type EntryKey, encodeEntry } from '@openoss/storage';

/**
 * What the directory keeps in its room, and under which keys (docs/data-format.md, "The directory").
 * A value is a format byte and JSON. Times are milliseconds since 1970.
 */

/** A custom or a system policy. */
export type PolicyType = 'System' | 'Custom';

/** What policies are attached to. */
export type EntityKind = 'user' | 'group' | 'role';

/** A policy as it is attached to something. */
export interface AttachedPolicy {
  readonly type: PolicyType;
  readonly name: string;
  readonly attached: number;
}

export interface AccountEntry {
  readonly account: string;
  readonly name: string;
  readonly created: number;
  readonly accessKeys: readonly string[];
}

/** What is set for an account as a whole. */
export interface AccountSettingsEntry {
  /** Whether Block Public Access is on for everything that the account owns. */
  readonly blocksPublicAccess: boolean;
}

export interface UserEntry {
  readonly id: string;
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly comments?: string | undefined;
  readonly email?: string | undefined;
  readonly mobilePhone?: string | undefined;
  readonly created: number;
  readonly updated: number;
  /** Ids of groups. */
  readonly groups: readonly { readonly id: string; readonly joined: number }[];
  readonly accessKeys: readonly string[];
  readonly policies: readonly AttachedPolicy[];
}

export interface GroupEntry {
  readonly id: string;
  readonly name: string;
  readonly comments?: string | undefined;
  readonly created: number;
  readonly updated: number;
  readonly members: number;
  readonly policies: readonly AttachedPolicy[];
}

export interface RoleEntry {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** The trust policy's document, as given. */
  readonly trust: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly created: number;
  readonly updated: number;
  readonly policies: readonly AttachedPolicy[];
}

export interface PolicyEntry {
  /** Tells a policy from a later one of the same name. */
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly created: number;
  readonly updated: number;
  /** The version that counts. */
  readonly default: string;
  /** The number of the next version: none is used twice. */
  readonly next: number;
  /** To how many it is attached. */
  readonly attachments: number;
  /** Oldest first. */
  readonly versions: readonly PolicyVersionEntry[];
}

export interface PolicyVersionEntry {
  readonly id: string;
  readonly created: number;
  /** As given. */
  readonly document: string;
}

export interface AccessKeyEntry {
  readonly account: string;
  /** Whose of the account's users; without it, the account's own. */
  readonly user?: string | undefined;
  /** Sealed, in base 64. */
  readonly secret: string;
  readonly active: boolean;
  readonly created: number;
}

/** The root access key that took the place of the one in the data directory's file. */
export interface RootKeyEntry {
  readonly id: string;
  /** The id of the file's: where that was removed, and another made, the new one counts. */
  readonly replaces: string;
  /** Sealed, in base 64. */
  readonly secret: string;
  readonly created: number;
}

/** When a key was last used, as far as it was written down. */
export interface LastUsedEntry {
  readonly at: number;
  /** The product that it was used for: `Oss`, `Ram`, `Sts`. */
  readonly service: string;
}

/** How much there is in an account. */
export interface CountsEntry {
  readonly users: number;
  readonly groups: number;
  readonly roles: number;
  readonly policies: number;
  /** To how many each system policy is attached; those that are attached to none are left out. */
  readonly systemPolicies: Readonly<Record<string, number>>;
}

/** Something known, sealed: tells whether the directory key is the right one. */
export const KEY_CHECK = 'key-check';
/** The UID of the account that the data directory was made with, in ASCII. */
export const FIRST_ACCOUNT = 'account';

/** Keys of what there is at most one of. */
export const entryKeys = {
  rootKey: key<RootKeyEntry>('root-key'),
  account: (account: string) => key<AccountEntry>(`accounts/${account}`),
  accountSettings: (account: string) => key<AccountSettingsEntry>(`account-settings/${account}`),
  counts: (account: string) => key<CountsEntry>(`counts/${account}`),
  user: (account: string, id: string) => key<UserEntry>(`user/${account}/${id}`),
  userId: (account: string, name: string) => key<string>(`${userNames(account)}${name}`),
  group: (account: string, id: string) => key<GroupEntry>(`group/${account}/${id}`),
  groupId: (account: string, name: string) => key<string>(`${groupNames(account)}${name}`),
  member: (account: string, group: string, user: string) =>
    key<number>(`${membersOf(account, group)}${user}`),
  role: (account: string, id: string) => key<RoleEntry>(`role/${account}/${id}`),
  roleId: (account: string, name: string) => key<string>(`${roleNames(account)}${name}`),
  policy: (account: string, name: string) => key<PolicyEntry>(`${policyNames(account)}${name}`),
  attachment: (account: string, policy: PolicyName, kind: EntityKind, id: string) =>
    key<number>(`${attachmentsOf(account, policy, kind)}${id}`),
  accessKey: (id: string) => key<AccessKeyEntry>(`key/${id}`),
  lastUsed: (id: string) => key<LastUsedEntry>(`used/${id}`),
};

/** What names a policy within an account. */
export interface PolicyName {
  readonly type: PolicyType;
  readonly name: string;
}

/** Prefixes of what there are many of. */
export const ACCOUNTS = 'accounts/';
export const userNames = (account: string): string => `user-name/${account}/`;
export const groupNames = (account: string): string => `group-name/${account}/`;
export const roleNames = (account: string): string => `role-name/${account}/`;
export const policyNames = (account: string): string => `policy/${account}/`;
export const membersOf = (account: string, group: string): string => `member/${account}/${group}/`;
export const attachmentsOf = (
  account: string,
  { type, name }: PolicyName,
  kind: EntityKind,
): string => `attached/${account}/${type}/${name}/${kind}/`;

/** An entry of a key; throws CorruptRecord for what a newer version wrote. */
export const decodeEntry = <Entry>(entryKey: EntryKey<Entry>, stored: Buffer): Entry =>
  decodeRoomEntry('directory', entryKey, stored);
