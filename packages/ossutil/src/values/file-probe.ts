import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';

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

/** The real file system. */
export const fileSystemProbe: FileProbe = {
  async look(path) {
    const found = await stat(path);
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
    return { kind, size: found.size };
  },
  checkReadable: (path) => access(path, constants.R_OK),
};
