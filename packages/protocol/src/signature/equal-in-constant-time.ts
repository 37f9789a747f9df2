import { timingSafeEqual } from 'node:crypto';

/** Whether two texts are equal, in a time that tells nothing but whether their lengths are. */
export function equalInConstantTime(one: string, other: string): boolean {
  const oneBytes = Buffer.from(one, 'utf8');
  const otherBytes = Buffer.from(other, 'utf8');
  return oneBytes.length === otherBytes.length && timingSafeEqual(oneBytes, otherBytes);
}
