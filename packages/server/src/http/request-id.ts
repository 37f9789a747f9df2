import { randomBytes } from 'node:crypto';

/**
 * Makes request ids in OSS's form, 24 upper-case hex digits: a part that is this process's own, so
 * that ids of two servers do not meet, and a count within it.
 */
export function requestIds(): () => string {
  const prefix = randomBytes(6).toString('hex').toUpperCase();
  let count = randomBytes(4).readUInt32BE();
  let rounds = randomBytes(2).readUInt16BE();
  return () => {
    count += 1;
    if (count > 0xffff_ffff) {
      count = 0;
      rounds = (rounds + 1) & 0xffff;
    }
    return prefix + hex(rounds, 4) + hex(count, 8);
  };
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}
