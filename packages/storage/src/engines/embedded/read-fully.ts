import type { DiskFile } from '../../engine/disk.js';

/**
 * Fills a buffer from a position on, however many calls it takes; returns how many bytes there were,
 * fewer only at the end of the file. That one call gave less than was asked for says nothing.
 */
export async function readFully(file: DiskFile, target: Buffer, position: number): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const read = await file.read(target.subarray(done), position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}
