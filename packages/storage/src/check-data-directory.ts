import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Crc64Engine } from '@openoss/protocol';
import type { Disk } from './engine/disk.js';
import { FailStop } from './engine/fail-stop.js';
import { nodeDisk } from './engine/node-disk.js';
import { DataDirectoryRefused, prepareDataDirectory } from './engines/embedded/data-directory.js';
import { lockDirectory } from './engines/embedded/directory-lock.js';
import { FileBlobs } from './engines/embedded/file-blobs.js';
import { LmdbMetadata } from './engines/embedded/lmdb-metadata.js';
import { findPageProblems } from './engines/embedded/lmdb-walk.js';
import { newSessionId } from './id-sequence.js';
import { type Log, silentLog } from './log.js';
import { ROOMS } from './room-store.js';
import { FINDINGS } from './scrub/scrub-finding.js';
import type { ScrubOptions, ScrubSummary } from './scrub/scrub-run.js';
import { scrubStore } from './scrub/scrub-store.js';

export interface CheckOptions extends ScrubOptions {
  readonly directory: string;
  readonly log?: Log;
  readonly disk?: Disk;
}

/**
 * Looks at everything in a data directory that no server uses, as a scrub does in one that is used,
 * and changes nothing unless `repair` says so. LMDB's pages are looked through before LMDB gets to
 * see them, so damage there is reported and does not end the process.
 *
 * Throws DataDirectoryInUse while a server has the directory, and DataDirectoryRefused when it is
 * not one, or one of a newer version.
 */
export async function checkDataDirectory(options: CheckOptions): Promise<ScrubSummary> {
  const { log = silentLog, disk = nodeDisk } = options;
  const path = resolve(options.directory);
  // Before the lock: that would make the directory.
  const hasFormat = await stat(join(path, 'format')).then(
    () => true,
    () => false,
  );
  if (!hasFormat) throw new DataDirectoryRefused(path, 'it is not a data directory of OpenOSS');
  const failStop = new FailStop(() => {});
  const lock = await lockDirectory(path, { log, onLost: (error) => failStop.trip(error) });
  try {
    const { metadata: file, blobs: blobDirectory } = await prepareDataDirectory(disk, path);
    const pages = await findPageProblems(disk, file);
    if (pages.length > 0) return await reportPages(pages, options);
    const metadata = new LmdbMetadata(file, failStop);
    const blobs = new FileBlobs({
      directory: blobDirectory,
      session: newSessionId(Date.now()),
      disk,
      failStop,
      log,
    });
    try {
      const crc64 = Crc64Engine.shared();
      return await scrubStore(
        { metadata, blobs, crc64, rooms: ROOMS, onOrphansDeleted: () => {} },
        { repair: 'none', ...options },
      );
    } finally {
      await blobs.close();
      await metadata.close();
    }
  } finally {
    await lock.release();
  }
}

async function reportPages(
  problems: readonly { readonly page: number; readonly what: string }[],
  { onFinding }: ScrubOptions,
): Promise<ScrubSummary> {
  const kind = 'damaged-page';
  for (const { page, what } of problems) {
    const place = { key: `page ${page}`, what: `page ${page}: ${what}` };
    await onFinding?.({ kind, ...FINDINGS[kind], ...place, repaired: false });
  }
  const findings = problems.length;
  const nothing = { buckets: 0, records: 0, bodies: 0, bytes: 0, waste: 0, repaired: 0 };
  return { ...nothing, findings, damage: findings, milliseconds: 0 };
}
