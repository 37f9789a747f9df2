import { type DiskCall, HookedDisk, systemError } from './hooked-disk.js';

/**
 * How a call goes wrong: with the code of an error; `short`, when it takes or gives only a part of the
 * bytes; `nothing`, when a write takes none of them; `partial ENOSPC`, when a write takes a part and
 * the next one fails.
 */
export type Fault = 'EIO' | 'ENOSPC' | 'EDQUOT' | 'EMFILE' | 'short' | 'nothing' | 'partial ENOSPC';

/** The real disk, on which one call goes wrong: the n-th from the moment at which it is armed. */
export class FaultyDisk extends HookedDisk {
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

  protected override async hook<T>(
    call: DiskCall,
    perform: (bytes?: Buffer) => Promise<T>,
    bytes: Buffer | undefined,
  ): Promise<T> {
    const fault = this.#turn(call);
    const { operation, path } = call;
    // Whatever closing says, the descriptor is gone.
    if (isCode(fault) && operation !== 'close') throw systemError(fault);
    if (operation === 'write' && fault !== 'nothing' && this.#doomed === path) {
      this.#doomed = undefined;
      throw systemError('ENOSPC');
    }
    if (fault === 'partial ENOSPC') this.#doomed = path;
    const result = await perform(bytes && partOf(bytes, fault));
    if (operation === 'create' || operation === 'open') this.descriptors++;
    if (operation === 'close') this.descriptors--;
    if (isCode(fault)) throw systemError(fault);
    return result;
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

/** What a read or write that goes wrong has to do with. */
function partOf(bytes: Buffer, fault: Fault | undefined): Buffer {
  if (fault === undefined) return bytes;
  return bytes.subarray(0, fault === 'nothing' ? 0 : Math.ceil(bytes.length / 2));
}
