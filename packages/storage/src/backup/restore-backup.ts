import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { nodeDisk } from '../engine/node-disk.js';
import {
  DataDirectoryRefused,
  placesIn,
  requireDataDirectory,
} from '../engines/embedded/data-directory.js';
import { refuseLockedDirectory } from '../engines/embedded/directory-lock.js';
import { copyFiles } from './back-up.js';
import { readManifest } from './backup-manifest.js';
import { copyTogether } from './copied-directory.js';
import { copyFileDurably } from './copy-file.js';
import { type CopyProgress, type Damage, fillDirectory } from './fill-directory.js';

export interface RestoreOptions {
  readonly backup: string;
  /** The data directory to make: new, or empty. */
  readonly target: string;
  /** Files besides records and blobs that are taken over if they are there (mode 0600). */
  readonly files: readonly string[];
  readonly onDamage: (damage: Damage) => void;
  readonly onProgress?: (progress: CopyProgress) => void;
}

/**
 * Makes a data directory of a backup, which stays as it is. Every blob is copied and verified, and
 * the metadata must be what the backup's manifest says, byte for byte.
 */
export async function restoreBackup(options: RestoreOptions): Promise<CopyProgress> {
  const backup = resolve(options.backup);
  await requireDataDirectory(nodeDisk, backup);
  const manifest = await readManifest(backup);
  await refuseLockedDirectory(backup);
  return copyTogether(options.target, async (target) => {
    const hash = createHash('sha256');
    await copyFileDurably(placesIn(backup).metadata, placesIn(target).metadata, (chunk) =>
      hash.update(chunk),
    );
    if (hash.digest('hex') !== manifest.metadata.sha256) {
      throw new DataDirectoryRefused(
        backup,
        'its metadata is not what was backed up: it is damaged, or a server has used the backup since (then "openoss backup --data" makes a new one of it)',
      );
    }
    const copied = await fillDirectory({
      directory: target,
      source: placesIn(backup).blobs,
      share: false,
      onDamage: options.onDamage,
      onProgress: options.onProgress,
    });
    await copyFiles(backup, target, options.files);
    return copied;
  });
}
