import type { DiskFile } from '../../engine/disk.js';

/** Writes bytes however many calls it takes; throws what the disk says, or that it takes no more. */
export async function writeFully(file: DiskFile, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const taken = await file.write(bytes.subarray(done), position + done);
    if (taken === 0) throw new Error('The disk takes no more bytes');
    done += taken;
  }
}
