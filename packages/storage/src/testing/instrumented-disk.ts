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

/**
 * The real disk, with a record of the calls that were made (each entered when it is done) and a say
 * in them: `before` may throw what the call is to fail with, or hold it up.
 */
export class InstrumentedDisk implements Disk {
  readonly calls: DiskCall[] = [];
  before: (call: DiskCall) => void | Promise<void> = () => {};
  /** At most so many bytes are taken by one write. */
  longestWrite = Number.POSITIVE_INFINITY;
  /** How much space there is said to be. */
  measure: Disk['space'] = nodeDisk.space;

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
    return this.measure(path);
  }

  async #call<T>(
    operation: DiskCall['operation'],
    path: string,
    perform: () => Promise<T>,
  ): Promise<T> {
    const call = { operation, path };
    await this.before(call);
    const result = await perform();
    this.calls.push(call);
    return result;
  }

  #file(path: string, file: DiskFile): DiskFile {
    return {
      read: (target, position) => this.#call('read', path, () => file.read(target, position)),
      write: (source, position) =>
        this.#call('write', path, () =>
          file.write(source.subarray(0, this.longestWrite), position),
        ),
      flush: () => this.#call('flush', path, () => file.flush()),
      size: () => this.#call('size', path, () => file.size()),
      close: () => this.#call('close', path, () => file.close()),
    };
  }
}
