import type { Disk } from '../engine/disk.js';
import { nodeDisk } from '../engine/node-disk.js';
import { type DiskCall, HookedDisk } from './hooked-disk.js';

/**
 * The real disk, with a record of the calls that were made (each entered when it is done) and a say
 * in them: `before` may throw what the call is to fail with, or hold it up.
 */
export class InstrumentedDisk extends HookedDisk {
  readonly calls: DiskCall[] = [];
  before: (call: DiskCall) => void | Promise<void> = () => {};
  /** At most so many bytes are taken by one write. */
  longestWrite = Number.POSITIVE_INFINITY;
  /** How much space there is said to be. */
  measure: Disk['space'] = nodeDisk.space;

  override space(path: string): ReturnType<Disk['space']> {
    return this.measure(path);
  }

  protected override async hook<T>(
    call: DiskCall,
    perform: (bytes?: Buffer) => Promise<T>,
    bytes: Buffer | undefined,
  ): Promise<T> {
    await this.before(call);
    const result = await (call.operation === 'write'
      ? perform(bytes?.subarray(0, this.longestWrite))
      : perform());
    this.calls.push(call);
    return result;
  }
}
