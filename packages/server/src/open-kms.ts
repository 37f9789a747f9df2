import type { Directory } from '@openoss/directory';
import {
  findRemoteKms,
  findRootSecret,
  Keyring,
  type Kms,
  KmsSetupError,
  RemoteKms,
} from '@openoss/kms';
import type { RoomStore } from '@openoss/storage';
import type { Logger } from 'pino';

/** What keys are opened with. */
export interface KmsOptions {
  /** The data directory. */
  readonly dataDirectory: string;
  /** The room of the store that keys are kept in. */
  readonly room: RoomStore;
  readonly directory: Pick<Directory, 'account'>;
  readonly region: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Makes a root key in the data directory where the environment has none. */
  readonly development: boolean;
  readonly clock: () => number;
  readonly log: Logger;
}

/**
 * Opens the keys of a service: those of another KMS where the environment names one, and otherwise those that are
 * kept in the store. Throws KmsSetupError when they cannot be used as they are set up.
 */
export async function openKms(options: KmsOptions): Promise<Kms> {
  const { dataDirectory, environment, region, directory, room, clock, log } = options;
  const remote = findRemoteKms(environment);
  // A development's own root key is no wish for a keyring.
  const development = options.development && remote === undefined;
  const rootSecret = await findRootSecret(dataDirectory, environment, { development });
  if (remote !== undefined) {
    if (rootSecret !== undefined) {
      throw new KmsSetupError(
        `Keys are either kept here, under the root key of ${rootSecret.source}, or with the KMS at ${remote.endpoint}: set up one of both.`,
      );
    }
    return new RemoteKms({ ...remote, account: directory.account, clock, log });
  }
  return Keyring.open(room, { region, rootSecret, clock, log });
}
