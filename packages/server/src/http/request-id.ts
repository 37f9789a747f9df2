import { randomBytes } from 'node:crypto';

/**
 * Makes request ids in OSS's form, 24 upper-case hex digits: a part that is this process's own, so
 * that ids of two servers do not meet, and a count within it.
 */
export function requestIds(): () => string {
  const prefix = randomBytes(6).toString('hex').toUpperCase();
  let count = randomBytes(4).readUInt32BE();
  let rounds = randomBytes(2).readUInt16BE();
  let slowPart = '';
  let slowPartOf = -1;
  return () => {
    count += 1;
    if (count > 0xffff_ffff) {
      count = 0;
      rounds = (rounds + 1) & 0xffff;
    }
    // All but the last four digits stay the same for 65,536 requests.
    const high = count >>> 16;
    if (high !== slowPartOf) {
      slowPart = prefix + hex(rounds, 4) + hex(high, 4);
      slowPartOf = high;
    }
    return `${slowPart}${BYTES[(count >>> 8) & 0xff]}${BYTES[count & 0xff]}`;
  };
}

/** `00` to `FF`. */
const BYTES = Array.from({ length: 256 }, (_, byte) => hex(byte, 2));

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}
