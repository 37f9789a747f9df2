/** Damage to the files of a data directory that no server uses, as a disk does it. */
import { open } from 'node:fs/promises';

/** Flips one bit of the byte at an offset. */
export async function flipBit(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 0x10;
  await handle.write(byte, 0, 1, at);
  await handle.close();
}

/** Where things are in the bytes of LMDB's file, as docs/data-format.md has it. */
export function placesInMetadata(bytes: Buffer): {
  readonly pageBytes: number;
  /** Where the meta page begins that counts. */
  readonly newest: number;
  /** The page of the root that it names. */
  readonly root: number;
} {
  const pageBytes = bytes.readUInt32LE(48);
  const newest =
    bytes.readBigUInt64LE(152) > bytes.readBigUInt64LE(pageBytes + 152) ? 0 : pageBytes;
  return { pageBytes, newest, root: Number(bytes.readBigUInt64LE(newest + 136)) };
}
