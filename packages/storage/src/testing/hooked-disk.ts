import type { Disk, DiskFile } from '../engine/disk.js';
import { nodeDisk } from '../engine/node-disk.js';

/** One call to a disk: what was asked, and of which path. */
export interface DiskCall {
  readonly operation: keyof Disk | keyof DiskFile;
  readonly path: string;
}

/** An error as the file system throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up by a test`), { code });
}

/** The real disk, each of whose calls goes through one place that may have a say in it. */
export abstract class HookedDisk implements Disk {
  /**
   * Does a call, by `perform`, or fails it, or both. Of a read or a write it gets the bytes, and may
   * have it done with others.
   */
  protected abstract hook<T>(
    call: DiskCall,
    perform: (bytes?: Buffer) => Promise<T>,
    bytes: Buffer | undefined,
  ): Promise<T>;

  create(path: string): Promise<DiskFile> {
    return this.#call('create', path, async () => this.#file(path, await nodeDisk.create(path)));
  }

  open(path: string): Promise<DiskFile> {
    return this.#call('open', path, async () => this.#file(path, await nodeDisk.open(path)));
  }

  makeDirectory(path: string): Promise<void> {
    return this.#call('makeDirectory', path, () => nodeDisk.makeDirectory(path));
  }

  readDirectory(path: string): ReturnType<Disk['readDirectory']> {
    return this.#call('readDirectory', path, () => nodeDisk.readDirectory(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call('rename', to, () => nodeDisk.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.#call('remove', path, () => nodeDisk.remove(path));
  }

  removeDirectory(path: string): Promise<void> {
    return this.#call('removeDirectory', path, () => nodeDisk.removeDirectory(path));
  }

  flushDirectory(path: string): Promise<void> {
    return this.#call('flushDirectory', path, () => nodeDisk.flushDirectory(path));
  }

  space(path: string): ReturnType<Disk['space']> {
    return nodeDisk.space(path);
  }

  #call<T>(operation: DiskCall['operation'], path: string, perform: () => Promise<T>): Promise<T> {
    return this.hook({ operation, path }, perform, undefined);
  }

  #file(path: string, file: DiskFile): DiskFile {
    return {
      read: (target, position) =>
        this.hook(
          { operation: 'read', path },
          (bytes = target) => file.read(bytes, position),
          target,
        ),
      write: (source, position) =>
        this.hook(
          { operation: 'write', path },
          (bytes = source) => file.write(bytes, position),
          source,
        ),
      flush: () => this.#call('flush', path, () => file.flush()),
      size: () => this.#call('size', path, () => file.size()),
      close: () => this.#call('close', path, () => file.close()),
    };
  }
}
