import fc from 'fast-check';
import { expect, it } from 'vitest';
import { httpDateText, isoDateText } from './instant-text.js';

const LAST = 8_640_000_000_000_000;

const wholeSecond = (instant: number): string =>
  new Date(instant).toISOString().replace(/\.\d{3}Z$/, '.000Z');

it('writes every instant as Date does, an ISO date without fractions', () => {
  const instants = [0, 1, -1, 999, 1000, 86_399_999, 86_400_000, -86_400_000, 951_782_400_000];
  for (const instant of [
    ...instants,
    1_330_072_987_000,
    0.5,
    -0.5,
    1234.999,
    -86_400_000.25,
    LAST,
    -LAST,
  ]) {
    expect(httpDateText(instant)).toBe(new Date(instant).toUTCString());
    expect(isoDateText(instant)).toBe(wholeSecond(instant));
  }
  fc.assert(
    fc.property(fc.integer({ min: -LAST, max: LAST }), (instant) => {
      expect(httpDateText(instant)).toBe(new Date(instant).toUTCString());
      expect(isoDateText(instant)).toBe(wholeSecond(instant));
    }),
    { numRuns: 5000 },
  );
});
