import { accessSync, constants, statSync } from 'node:fs';

/** What there is at a path. */
export interface FoundFile {
  readonly kind: 'file' | 'directory' | 'other';
  /** Bytes; meaningless unless it is a file. */
  readonly size: number;
}

/** Looks at files without reading them. */
export interface FileProbe {
  /** Rejects with the system's error (`code` `ENOENT`, …) when there is nothing, or it is hidden. */
  look(path: string): Promise<FoundFile>;
  /** Rejects with the system's error when this account may not read it. */
  checkReadable(path: string): Promise<void>;
}

/**
 * The real file system. Synchronous, because it is asked once or twice before there is anything to wait
 * for: `node:fs/promises` and the threads behind it take longer to start than the system to answer.
 */
export const fileSystemProbe: FileProbe = {
  async look(path) {
    const found = statSync(path);
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
    return { kind, size: found.size };
  },
  async checkReadable(path) {
    accessSync(path, constants.R_OK);
  },
};
