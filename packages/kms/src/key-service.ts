/** What a ciphertext is bound to: text by text, in any order. The same has to be given to open it. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** The alias of the key that OSS uses unless told another. */
export const DEFAULT_KEY_ALIAS = 'alias/acs/oss';

/** What a ciphertext was made with. */
export interface UsedKey {
  readonly keyId: string;
  readonly keyVersionId: string;
}

/** What was sealed under a key. */
export interface Encrypted extends UsedKey {
  /** Opaque: text that only the service that made it can read. */
  readonly ciphertextBlob: string;
}

/** What was under a ciphertext. Who asked for it wipes it (`fill(0)`) when it is not needed any more. */
export interface Decrypted extends UsedKey {
  readonly plaintext: Buffer;
}

/** A data key, in the open and sealed. */
export interface DataKey extends Encrypted, Decrypted {}

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport';

/** Everything that is told of a key. Times are milliseconds since 1970. */
export interface KeyMetadata {
  readonly keyId: string;
  /** `acs:kms:<region>:<account>:key/<id>` */
  readonly arn: string;
  readonly state: KeyState;
  /** `Aliyun_AES_256` */
  readonly spec: string;
  /** `ENCRYPT/DECRYPT` */
  readonly usage: string;
  readonly origin: string;
  readonly protectionLevel: string;
  readonly description: string;
  /** The account that made it; for the key of a service, the service. */
  readonly creator: string;
  readonly created: number;
  /** When it will be gone; only of a key whose deletion is pending. */
  readonly deletion?: number | undefined;
  readonly primaryVersionId: string;
  readonly lastRotation: number;
  readonly automaticRotation: 'Enabled' | 'Disabled' | 'Suspended';
  /** Seconds; as long as automatic rotation is not disabled. */
  readonly rotationInterval?: number | undefined;
  readonly nextRotation?: number | undefined;
}

export interface KeyVersion {
  readonly keyId: string;
  readonly keyVersionId: string;
  readonly created: number;
}

export interface Alias {
  /** With its prefix: `alias/example`. */
  readonly name: string;
  readonly arn: string;
  readonly keyId: string;
}

/** A page of a list, counted from 1. */
export interface PageNumber {
  readonly number: number;
  /** How many items a page has. */
  readonly size: number;
}

export interface NumberedPage<T> {
  readonly items: readonly T[];
  /** How many there are on all pages. */
  readonly total: number;
}

/** Which keys are listed: those that have one of the values of each property. */
export type KeyFilters = readonly {
  readonly property: KeyProperty;
  readonly values: readonly string[];
}[];

export type KeyProperty = (typeof keyProperties)[number];

/** What keys are told apart by in a list; a key's creator is of type `User` or `Service`. */
export const keyProperties = [
  'KeyState',
  'KeySpec',
  'KeyUsage',
  'ProtectionLevel',
  'CreatorType',
] as const;

/**
 * The keys of one account in one region, wherever they are. Keys are named by their id, an alias
 * (`alias/example`) or the ARN of either. Every method rejects with KmsError, and nothing else when nothing is
 * broken.
 */
export interface KeyService {
  /**
   * A fresh data key of `bytes` bytes (1 to 1,024; 32 unless told) under a key; under the default one, which is
   * made when it is first needed, unless told.
   */
  generateDataKey(request: {
    readonly keyId?: string | undefined;
    readonly bytes?: number | undefined;
    readonly context?: EncryptionContext | undefined;
  }): Promise<DataKey>;
  /** Seals 1 to 6,144 bytes. */
  encrypt(request: {
    readonly keyId: string;
    readonly plaintext: Uint8Array;
    readonly context?: EncryptionContext | undefined;
  }): Promise<Encrypted>;
  decrypt(request: {
    readonly ciphertextBlob: string;
    readonly context?: EncryptionContext | undefined;
  }): Promise<Decrypted>;
  /** Opens what was sealed and seals it anew, under another key or context. */
  reencrypt(request: {
    readonly ciphertextBlob: string;
    readonly sourceContext?: EncryptionContext | undefined;
    readonly keyId: string;
    readonly context?: EncryptionContext | undefined;
  }): Promise<Encrypted>;
  /** The key that a ciphertext says it is under; undefined where that cannot be told without opening it. */
  usedKeyIn(ciphertextBlob: string): UsedKey | undefined;
  /** The id of the key of a name; undefined if there is none. */
  keyIdOf(name: string): Promise<string | undefined>;

  /** `rotationInterval` is in seconds, 7 to 730 days. */
  createKey(request: {
    readonly description?: string | undefined;
    readonly rotationInterval?: number | undefined;
  }): Promise<KeyMetadata>;
  describeKey(name: string): Promise<KeyMetadata>;
  /** In the order in which they were made. */
  listKeys(
    page: PageNumber,
    filters?: KeyFilters,
  ): Promise<NumberedPage<Pick<KeyMetadata, 'keyId' | 'arn'>>>;
  enableKey(name: string): Promise<void>;
  disableKey(name: string): Promise<void>;
  /** From now on the key cannot be used, and in 7 to 366 days it is gone. */
  scheduleKeyDeletion(name: string, days: number): Promise<void>;
  cancelKeyDeletion(name: string): Promise<void>;
  /** The interval is in seconds, 7 to 730 days; without one the key is not rotated any more. */
  updateRotationPolicy(name: string, interval: number | undefined): Promise<void>;

  /** Makes a new primary version; what was sealed under others stays readable. */
  createKeyVersion(name: string): Promise<KeyVersion>;
  describeKeyVersion(name: string, keyVersionId: string): Promise<KeyVersion>;
  /** The newest first. */
  listKeyVersions(name: string, page: PageNumber): Promise<NumberedPage<KeyVersion>>;

  createAlias(alias: string, name: string): Promise<void>;
  /** Has an alias stand for another key. */
  updateAlias(alias: string, name: string): Promise<void>;
  deleteAlias(alias: string): Promise<void>;
  listAliases(page: PageNumber): Promise<NumberedPage<Alias>>;
  listAliasesOfKey(name: string, page: PageNumber): Promise<NumberedPage<Alias>>;
}

/** Where keys are. */
export interface Kms {
  /** Where the keys are, for messages: `kept here`, `locked: …`, `with https://…`. */
  readonly keysAre: string;
  /** Whether another KMS has them, which each call is passed on to. */
  readonly areElsewhere: boolean;
  /** The keys of an account; throws KmsError where it cannot have any. */
  keysOf(account: string): KeyService;
  /** Does what is due by itself, now and from time to time until it is closed. In one process of a service. */
  keepTidy(): void;
  /** Ends what goes on in the background, and forgets what it can of secrets. */
  close(): Promise<void>;
}
