import { describe, expect, it } from 'vitest';
import { FAR, NEAR } from './crc64-module.js';

/** ECMA-182 without its highest power, the lowest bit that of 1. */
const POLYNOMIAL = 0x42f0e1eba9ea3693n;

function powerOfX(exponent: number): bigint {
  let remainder = 1n;
  for (let power = 0; power < exponent; power++) {
    remainder <<= 1n;
    if (remainder >> 64n) remainder = BigInt.asUintN(64, remainder) ^ POLYNOMIAL;
  }
  return remainder;
}

describe.each([
  ['far', FAR],
  ['near', NEAR],
])('the %s multiple', (_, { distances, reach, fromBytes }) => {
  it('is one of the polynomial, with eighth powers for powers', () => {
    const sum = (bitsAStep: number) =>
      [0, ...distances]
        .map((distance) => powerOfX((reach - distance) * bitsAStep))
        .reduce((all, one) => all ^ one);
    expect(sum(1)).toBe(0n);
    expect(sum(8)).toBe(0n);
  });

  it('adds nothing to the vector that is just taken out, and reaches no further than it says', () => {
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(16);
    expect(Math.max(...distances)).toBe(reach);
    expect(fromBytes).toBeGreaterThan(reach + 16);
  });
});
