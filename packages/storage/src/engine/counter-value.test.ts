import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorruptRecord } from './corrupt-record.js';
import { decodeCounter, encodeCounter, WRAP, wrapped } from './counter-value.js';

describe('a counter', () => {
  it('comes back as it was, and is zero before it is first touched', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (sum) => {
        expect(decodeCounter(encodeCounter(sum))).toBe(sum);
      }),
    );
    expect(decodeCounter(undefined)).toBe(0);
  });

  it('wraps as 48-bit numbers do', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (sum) => {
        expect(BigInt(wrapped(sum))).toBe(BigInt.asUintN(48, BigInt(sum)));
        expect(Object.is(wrapped(sum), -0)).toBe(false);
      }),
    );
    expect([0, -WRAP, WRAP, WRAP + 1, -1].map(wrapped)).toEqual([0, 0, 0, 1, WRAP - 1]);
  });

  it('is found out when any one of its bits is flipped', () => {
    const stored = encodeCounter(1234);
    for (let bit = 0; bit < stored.length * 8; bit++) {
      const damaged = Buffer.from(stored);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeCounter(damaged)).toThrow(CorruptRecord);
    }
    expect(() => decodeCounter(stored.subarray(1))).toThrow(CorruptRecord);
  });

  it('holds whole numbers that a double holds exactly, and no others', () => {
    for (const sum of [0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => encodeCounter(sum)).toThrow(RangeError);
    }
  });
});
