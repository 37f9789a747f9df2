import { timingSafeEqual } from 'node:crypto';

/** How long a signature of version 4 is, in hex: what is compared most. */
const USUAL_LENGTH = 64;
/** UTF-16 has two bytes for each, whatever they are. Buffers made for each comparison would cost more than it. */
const oneRoom = Buffer.alloc(2 * USUAL_LENGTH);
const otherRoom = Buffer.alloc(2 * USUAL_LENGTH);

/** Whether two texts are equal, in a time that tells nothing but whether their lengths are. */
export function equalInConstantTime(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  if (one.length !== USUAL_LENGTH) {
    return timingSafeEqual(Buffer.from(one, 'utf16le'), Buffer.from(other, 'utf16le'));
  }
  oneRoom.write(one, 'utf16le');
  otherRoom.write(other, 'utf16le');
  return timingSafeEqual(oneRoom, otherRoom);
}
