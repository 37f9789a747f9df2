import { ROOT_CREDENTIALS_FILE } from '@openoss/directory';
import {
  type BackUpOptions,
  backUpOffline,
  backUpOnline,
  type CopyProgress,
  type RestoreOptions,
  restoreBackup,
} from '@openoss/storage';
import type { Logger } from 'pino';
import { dataDirectoryOf, holdServer, type ServerHold } from './server-hold.js';

/**
 * What belongs to a data directory besides records and blobs. The root access key goes along: a
 * service that comes back with another key has locked its clients out.
 */
const FILES = [ROOT_CREDENTIALS_FILE];

/** A backup as it is asked for; `source` may be left to a server to say. */
export type BackupRequest = Omit<BackUpOptions, 'files' | 'source'>;

/** Backs up a server that runs, through its admin address; `directory` overrides where it says its data is. */
export async function backUpServer(
  admin: URL,
  directory: string | undefined,
  request: BackupRequest,
): Promise<CopyProgress> {
  const source = directory ?? (await dataDirectoryOf(admin));
  let hold: ServerHold | undefined;
  try {
    return await backUpOnline({ ...request, source, files: FILES }, async () => {
      hold = await holdServer(admin, source);
      return hold;
    });
  } finally {
    await hold?.release();
  }
}

/** Backs up a data directory that no server uses. */
export function backUpDirectory(
  directory: string,
  request: BackupRequest,
  log: Logger,
): Promise<CopyProgress> {
  return backUpOffline({ ...request, source: directory, files: FILES }, log);
}

/** Makes a data directory of a backup. */
export function restoreDirectory(request: Omit<RestoreOptions, 'files'>): Promise<CopyProgress> {
  return restoreBackup({ ...request, files: FILES });
}
