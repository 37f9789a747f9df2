import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOff } from './back-off.js';

describe('the wait before an attempt', () => {
  it.each([
    [2, 800],
    [3, 1600],
    [6, 12_800],
    [7, 20_000],
    [60, 20_000],
  ])('before attempt %i is at most %i ms', (attempt, most) => {
    expect(backOff(attempt, 1)).toBe(most);
    expect(backOff(attempt, 0.5)).toBe(most / 2);
    expect(backOff(attempt, 0)).toBe(0);
  });

  it('never exceeds 20 s and is never negative', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 1000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const wait = backOff(attempt, random);
          return wait >= 0 && wait < 20_000;
        },
      ),
    );
  });
});
