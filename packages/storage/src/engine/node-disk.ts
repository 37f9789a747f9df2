import { constants, type Dirent, statfsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import type { DirectoryEntry, Disk, DiskFile } from './disk.js';

class NodeFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async read(target: Buffer, position: number): Promise<number> {
    return (await this.#handle.read(target, 0, target.length, position)).bytesRead;
  }

  async write(source: Buffer, position: number): Promise<number> {
    return (await this.#handle.write(source, 0, source.length, position)).bytesWritten;
  }

  flush(): Promise<void> {
    return this.#handle.datasync();
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The real file system. */
export const nodeDisk: Disk = {
  async create(path) {
    const { O_CREAT, O_EXCL, O_RDWR } = constants;
    return new NodeFile(await open(path, O_CREAT | O_EXCL | O_RDWR, 0o600));
  },

  async open(path) {
    return new NodeFile(await open(path, constants.O_RDONLY));
  },

  async makeDirectory(path) {
    await mkdir(path, { mode: 0o700 });
  },

  async readDirectory(path) {
    return (await readdir(path, { withFileTypes: true })).map(entryOf);
  },

  rename,
  remove: unlink,
  removeDirectory: rmdir,

  async flushDirectory(path) {
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },

  space(path) {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { free: bavail * bsize, total: blocks * bsize };
  },
};

function entryOf(entry: Dirent): DirectoryEntry {
  const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other';
  return { name: entry.name, kind };
}
