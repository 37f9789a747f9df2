import type { Disk, DiskFile } from '../engine/disk.js';
import { nodeDisk } from '../engine/node-disk.js';
import { type DiskCall, systemError } from './instrumented-disk.js';

/**
 * How a call goes wrong: with the code of an error; `short`, when it takes or gives only a part of the
 * bytes; `nothing`, when a write takes none of them; `partial ENOSPC`, when a write takes a part and
 * the next one fails.
 */
export type Fault = 'EIO' | 'ENOSPC' | 'EDQUOT' | 'EMFILE' | 'short' | 'nothing' | 'partial ENOSPC';

/** The real disk, on which one call goes wrong: the n-th from the moment at which it is armed. */
export class FaultyDisk implements Disk {
  /** Descriptors that are open through it. */
  descriptors = 0;
  /** The call that went wrong, once it has. */
  met: DiskCall | undefined;
  #armed:
    | { left: number; readonly fault: Fault; readonly only?: DiskCall['operation'] }
    | undefined;
  /** The file whose next write fails. */
  #doomed: string | undefined;

  /**
   * Lets the n-th call from now on go wrong of those that can go wrong that way; the first is 1. With
   * `only`, of the calls of one kind: their order is certain where several things are done at a time.
   */
  arm(n: number, fault: Fault, only?: DiskCall['operation']): void {
    this.met = undefined;
    this.#armed = { left: n, fault, ...(only === undefined ? {} : { only }) };
  }

  disarm(): void {
    this.#armed = undefined;
    this.#doomed = undefined;
  }

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

  /** The fault, if it is this call's turn. */
  #turn(call: DiskCall): Fault | undefined {
    if (this.#armed === undefined) return undefined;
    const { fault, only } = this.#armed;
    if (!canMeet(call.operation, fault) || (only ?? call.operation) !== call.operation) return;
    if (--this.#armed.left !== 0) return undefined;
    this.#armed = undefined;
    this.met = call;
    return fault;
  }

  #call<T>(operation: DiskCall['operation'], path: string, perform: () => Promise<T>): Promise<T> {
    const fault = this.#turn({ operation, path });
    return isCode(fault) ? Promise.reject(systemError(fault)) : perform();
  }

  #file(path: string, file: DiskFile): DiskFile {
    this.descriptors++;
    return {
      read: (target, position) => {
        const fault = this.#turn({ operation: 'read', path });
        if (isCode(fault)) return Promise.reject(systemError(fault));
        return file.read(fault === 'short' ? firstHalf(target) : target, position);
      },
      write: (source, position) => {
        const fault = this.#turn({ operation: 'write', path });
        if (isCode(fault)) return Promise.reject(systemError(fault));
        if (fault === 'nothing') return Promise.resolve(0);
        if (this.#doomed === path) {
          this.#doomed = undefined;
          return Promise.reject(systemError('ENOSPC'));
        }
        if (fault === 'partial ENOSPC') this.#doomed = path;
        return file.write(fault === undefined ? source : firstHalf(source), position);
      },
      flush: () => this.#call('flush', path, () => file.flush()),
      size: () => this.#call('size', path, () => file.size()),
      close: async () => {
        // Whatever it says, the descriptor is gone.
        const fault = this.#turn({ operation: 'close', path });
        await file.close();
        this.descriptors--;
        if (isCode(fault)) throw systemError(fault);
      },
    };
  }
}

/** Whether a call can go wrong in a way at all. */
export function canMeet(operation: DiskCall['operation'], fault: Fault): boolean {
  if (isCode(fault)) return true;
  return operation === 'write' || (operation === 'read' && fault === 'short');
}

function isCode(
  fault: Fault | undefined,
): fault is Exclude<Fault, 'short' | 'nothing' | 'partial ENOSPC'> {
  return fault !== undefined && /^E[A-Z]+$/.test(fault);
}

function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.ceil(bytes.length / 2));
}
