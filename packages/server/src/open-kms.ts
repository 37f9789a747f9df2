import type { Directory } from '@openoss/directory';
import {
  findRemoteKms,
  findRootSecret,
  Keyring,
  type KeyService,
  type Kms,
  KmsSetupError,
  RemoteKms,
  type RemoteKmsSettings,
  type RootSecret,
} from '@openoss/kms';
import type { RoomStore } from '@openoss/storage';
import type { Logger } from 'pino';
import type { MasterKeys } from './encryption/object-encryption.js';

/** Where the keys of a service are, and what they are opened with. */
export type KmsSetup =
  | { readonly kind: 'remote'; readonly remote: RemoteKmsSettings }
  | { readonly kind: 'keyring'; readonly rootSecret: RootSecret | undefined };

/** The keys of a service, opened. */
export interface OpenedKms {
  readonly kms: Kms;
  readonly masterKeys: MasterKeys<KeyService>;
  /** What is to be said of a service whose keys cannot be used; undefined where they can, or there are none. */
  readonly notice: string | undefined;
}

/** What keys are opened in. */
export interface KmsSurroundings {
  /** The room of the store that keys are kept in. */
  readonly room: RoomStore;
  readonly directory: Pick<Directory, 'account'>;
  readonly region: string;
  readonly clock: () => number;
  readonly log: Logger;
}

/**
 * Whose the keyring's keys are that encrypt objects without a key of KMS. No account has this name, and so none
 * can list, use or delete them.
 */
const SERVICE = 'oss';

const LOCKED =
  'the keyring is locked, for there is no root key: what is encrypted can be neither read nor written, everything else can';

/**
 * Keys are with another KMS where the environment names one, and otherwise kept in the store. Throws
 * KmsSetupError when they cannot be used as they are set up.
 */
export async function findKms(
  dataDirectory: string,
  environment: Readonly<Record<string, string | undefined>>,
  options: {
    readonly development: boolean;
    /** Told of a file with the root key, or the passphrase, that everybody on the machine can read. */
    readonly onExposed?: (file: string) => void;
  },
): Promise<KmsSetup> {
  const remote = findRemoteKms(environment);
  // A development's own root key is no wish for a keyring.
  const development = options.development && remote === undefined;
  const { onExposed } = options;
  const rootSecret = await findRootSecret(dataDirectory, environment, { development, onExposed });
  if (remote === undefined) return { kind: 'keyring', rootSecret };
  if (rootSecret !== undefined) {
    throw new KmsSetupError(
      `Keys are either kept here, under the root key of ${rootSecret.source}, or with the KMS at ${remote.endpoint}: set up one of both.`,
    );
  }
  return { kind: 'remote', remote };
}

/** Opens the keys of a service. Throws KmsSetupError where those that are kept are sealed under another root key. */
export async function openKms(
  setup: KmsSetup,
  { room, directory, region, clock, log }: KmsSurroundings,
): Promise<OpenedKms> {
  if (setup.kind === 'remote') {
    const { account } = directory;
    const kms = new RemoteKms({ ...setup.remote, account, room, clock, log });
    // What stands for the account's default key there stands for the service's own as well.
    const ofService = kms.keysOf(account);
    return { kms, masterKeys: masterKeys(kms, ofService, true), notice: undefined };
  }
  const { rootSecret } = setup;
  const kms = await Keyring.open(room, { region, rootSecret, clock, log });
  // A room that another KMS's keys were used with has something in it, and none of this.
  const isLocked =
    rootSecret === undefined && (await room.list({ prefix: 'root', limit: 1 })).length > 0;
  return {
    kms,
    masterKeys: masterKeys(kms, kms.keysOf(SERVICE), false),
    notice: isLocked ? LOCKED : undefined,
  };
}

const masterKeys = (
  kms: Kms,
  ofService: KeyService,
  areElsewhere: boolean,
): MasterKeys<KeyService> => ({
  keysOf: (account) => kms.keysOf(account),
  ofService,
  areElsewhere,
});

/** A setup in a form that can be sent to another process of the service. */
export type SentKmsSetup =
  | Extract<KmsSetup, { readonly kind: 'remote' }>
  | {
      readonly kind: 'keyring';
      /** Base 64. */
      readonly rootSecret:
        | { readonly source: string; readonly key: string }
        | { readonly source: string; readonly passphrase: string }
        | undefined;
    };

export function sentKmsSetup(setup: KmsSetup): SentKmsSetup {
  if (setup.kind === 'remote') return setup;
  const { rootSecret } = setup;
  if (rootSecret === undefined) return { kind: 'keyring', rootSecret };
  const { source } = rootSecret;
  return {
    kind: 'keyring',
    rootSecret:
      'key' in rootSecret
        ? { source, key: rootSecret.key.toString('base64') }
        : { source, passphrase: rootSecret.passphrase.toString('base64') },
  };
}

export function receivedKmsSetup(sent: SentKmsSetup): KmsSetup {
  if (sent.kind === 'remote') return sent;
  const { rootSecret } = sent;
  if (rootSecret === undefined) return { kind: 'keyring', rootSecret };
  const { source } = rootSecret;
  return {
    kind: 'keyring',
    rootSecret:
      'key' in rootSecret
        ? { source, key: Buffer.from(rootSecret.key, 'base64') }
        : { source, passphrase: Buffer.from(rootSecret.passphrase, 'base64') },
  };
}
