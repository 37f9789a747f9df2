import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../engine/disk.js';
import { DataDirectoryRefused } from '../engines/embedded/data-directory.js';

/** The file that makes a data directory a backup, in JSON. */
export const MANIFEST = 'backup.json';

/** A change that an older `restore` would misread raises it. */
const MANIFEST_FORMAT = 1;

/** What a backup says of itself. Times are milliseconds since 1970. */
export interface BackupManifest {
  readonly format: number;
  /** The version of the program that made it. */
  readonly program: string;
  /** The data directory it is a backup of. */
  readonly source: string;
  /** The moment whose state it holds. */
  readonly takenAt: number;
  readonly finishedAt: number;
  readonly buckets: number;
  readonly objects: number;
  /** Bytes of all objects. */
  readonly bytes: number;
  readonly blobs: number;
  /** Objects and records that were damaged in the source; they are in the backup as they were. */
  readonly damaged: number;
  /** The metadata's file: LMDB's pages have no checksums, so the whole file has one. */
  readonly metadata: { readonly bytes: number; readonly sha256: string };
}

/** Writes a directory's manifest and flushes it; its entry is the caller's to flush. */
export async function writeManifest(
  directory: string,
  manifest: Omit<BackupManifest, 'format'>,
): Promise<void> {
  const file = await open(join(directory, MANIFEST), 'wx', 0o600);
  try {
    const stored: BackupManifest = { format: MANIFEST_FORMAT, ...manifest };
    await file.writeFile(`${JSON.stringify(stored, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Reads a directory's manifest; throws DataDirectoryRefused where there is none that it can use. */
export async function readManifest(directory: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await readFile(join(directory, MANIFEST), 'utf8');
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    throw new DataDirectoryRefused(
      directory,
      `it is no backup: ${MANIFEST} is missing (openoss backup --data makes one of a data directory)`,
    );
  }
  const manifest = parsed(text);
  if (manifest === undefined) {
    throw new DataDirectoryRefused(directory, `its ${MANIFEST} is damaged`);
  }
  if (manifest.format > MANIFEST_FORMAT) {
    throw new DataDirectoryRefused(
      directory,
      `it was written by a newer OpenOSS (backup format ${manifest.format}; this version knows ${MANIFEST_FORMAT})`,
    );
  }
  return manifest;
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}

function parsed(text: string): BackupManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isManifest(value) ? value : undefined;
}

function isManifest(value: unknown): value is BackupManifest {
  if (typeof value !== 'object' || value === null || !('format' in value)) return false;
  if (typeof value.format !== 'number') return false;
  // A newer format is refused for what it is, whatever else it holds.
  if (value.format > MANIFEST_FORMAT) return true;
  if (!('metadata' in value) || typeof value.metadata !== 'object' || value.metadata === null) {
    return false;
  }
  const { metadata } = value;
  const numbers = ['takenAt', 'buckets', 'objects', 'bytes', 'blobs', 'damaged'];
  const fields = new Map<string, unknown>(Object.entries(value));
  return (
    numbers.every((name) => Number.isSafeInteger(fields.get(name))) &&
    'sha256' in metadata &&
    typeof metadata.sha256 === 'string'
  );
}
