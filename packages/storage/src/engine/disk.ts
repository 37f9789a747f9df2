/**
 * The small port through which this package reaches the file system (all but LMDB, which has its
 * own way, and the lock, whose socket is no file). Failures are Node's, with their `code`.
 */

/** An open file. Offsets and sizes are in bytes. */
export interface DiskFile {
  /** Reads at `position` into `target`; returns how many bytes, fewer at the end of the file. */
  read(target: Buffer, position: number): Promise<number>;
  /** Writes at `position`; returns how many bytes were taken, which may be fewer than offered. */
  write(source: Buffer, position: number): Promise<number>;
  /** Flushes the data and what is needed to find it (fdatasync). */
  flush(): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
}

export interface Disk {
  /** Creates a file that must not exist (mode 0600), for writing and reading. */
  create(path: string): Promise<DiskFile>;
  open(path: string): Promise<DiskFile>;
  /** Makes one directory (mode 0700); its parent must exist. */
  makeDirectory(path: string): Promise<void>;
  readDirectory(path: string): Promise<DirectoryEntry[]>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes a directory that is empty. */
  removeDirectory(path: string): Promise<void>;
  /** Flushes a directory's entries (fsync). */
  flushDirectory(path: string): Promise<void>;
  /**
   * Free bytes that the process may use, and all bytes, of the file system a path lies on. Answers at
   * once: the kernel has both at hand.
   */
  space(path: string): { readonly free: number; readonly total: number };
}

/** Whether an error of the file system carries one of these codes. */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    codes.includes(error.code)
  );
}
