import { type EntryKey, entryKey } from '@openoss/storage';

/**
 * What the keyring keeps in its room, and under which keys (docs/encryption.md, "The keyring"). A value is a
 * format byte and JSON. Times are milliseconds since 1970.
 */

/** What tells whether a root key is the right one, and how it is made of a passphrase. */
export interface RootEntry {
  /** A known text, sealed, in base 64. */
  readonly check: string;
  /** How a passphrase becomes the root key; absent where that is given as it is. */
  readonly scrypt?: ScryptParameters | undefined;
}

export interface ScryptParameters {
  /** 16 bytes in base 64. */
  readonly salt: string;
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

export interface KeyEntry {
  readonly id: string;
  readonly description: string;
  /** The service that the key was made for; absent for those that an account made. */
  readonly service?: string | undefined;
  readonly created: number;
  readonly enabled: boolean;
  /** When the key will be gone; absent unless its deletion is pending. */
  readonly deletion?: number | undefined;
  /** The id of the version that seals. */
  readonly primary: string;
  /** When that was made. */
  readonly rotated: number;
  /** How many versions there are. */
  readonly versions: number;
  /** Seconds between automatic rotations; absent without. */
  readonly rotationInterval?: number | undefined;
}

export interface VersionEntry {
  readonly id: string;
  readonly created: number;
  /** The master key, 32 bytes, sealed under the root key, in base 64. */
  readonly key: string;
}

export interface AliasEntry {
  /** The id of the key that it stands for. */
  readonly key: string;
}

/** That a key of another KMS was disabled, or its deletion scheduled, through this service. */
export interface WithdrawnEntry {
  readonly at: number;
}

/** Whose keys, and where: everything about a key is kept under both. */
export interface KeyScope {
  readonly account: string;
  readonly region: string;
}

const within = ({ account, region }: KeyScope): string => `${account}/${region}/`;

export const keysIn = (scope: KeyScope): string => `key/${within(scope)}`;
export const aliasesIn = (scope: KeyScope): string => `alias/${within(scope)}`;
export const versionsOf = (scope: KeyScope, key: string): string =>
  `version/${within(scope)}${key}/`;

/** Prefix of all keys there are. */
export const ALL_KEYS = 'key/';

export const entryKeys = {
  root: entryKey<RootEntry>('root'),
  withdrawn: entryKey<WithdrawnEntry>('withdrawn'),
  key: (scope: KeyScope, id: string): EntryKey<KeyEntry> => entryKey(`${keysIn(scope)}${id}`),
  version: (scope: KeyScope, key: string, id: string): EntryKey<VersionEntry> =>
    entryKey(`${versionsOf(scope, key)}${id}`),
  /** `name` is without its prefix. */
  alias: (scope: KeyScope, name: string): EntryKey<AliasEntry> =>
    entryKey(`${aliasesIn(scope)}${name}`),
};
