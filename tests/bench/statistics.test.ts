import { describe, expect, it } from 'vitest';
import {
  median,
  medianInterval,
  pairRatios,
  standardDeviation,
  summarize,
} from '../../bench/statistics.mjs';

describe('the median', () => {
  it('is the middle of an odd number of values, in whatever order they come', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the middle two of an even number', () => {
    expect(median([4, 1, 10, 2])).toBe(3);
  });

  it('orders numbers as numbers', () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it('leaves its input as it is', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('is refused of nothing', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('the standard deviation', () => {
  it('is that of a sample, over one less than the count', () => {
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it('is 0 of a single value', () => {
    expect(standardDeviation([7])).toBe(0);
  });

  it('is refused of nothing', () => {
    expect(() => standardDeviation([])).toThrow(RangeError);
  });
});

describe('a summary', () => {
  it('names count, median, extremes and deviation', () => {
    expect(summarize([3, 1, 2])).toEqual({
      count: 3,
      median: 2,
      min: 1,
      max: 3,
      deviation: 1,
      interval: undefined,
    });
  });
});

describe('the interval of the median', () => {
  // The ranks are those of published tables for the sign test, as in Conover's.
  it.each([
    [6, 1, 6],
    [10, 2, 9],
    [20, 6, 15],
    [25, 8, 18],
  ])('of %i values is from the one of rank %i to that of rank %i', (count, low, high) => {
    const ranks = Array.from({ length: count }, (_, index) => count - index);
    expect(medianInterval(ranks)).toEqual({ low, high });
  });

  it('is not known of five values: they miss the median once in sixteen times', () => {
    expect(medianInterval([1, 2, 3, 4, 5])).toBeUndefined();
  });

  it('holds the median of what was drawn from 95 times in a hundred', () => {
    let state = 1;
    const draw = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    let held = 0;
    for (let run = 0; run < 4000; run++) {
      const interval = medianInterval(Array.from({ length: 20 }, () => draw() ** 3));
      if (interval !== undefined && interval.low <= 0.125 && interval.high >= 0.125) held++;
    }
    expect(held / 4000).toBeGreaterThan(0.945);
    expect(held / 4000).toBeLessThan(0.975);
  });
});

describe('the ratios of pairs', () => {
  it('divide each round by the same round', () => {
    const numerators = new Map([
      [0, 10],
      [1, 40],
    ]);
    const denominators = new Map([
      [1, 20],
      [0, 2],
    ]);
    expect(pairRatios(numerators, denominators)).toEqual([5, 2]);
  });

  it('pass over rounds that only one side has, or in which the other did nothing', () => {
    const numerators = new Map([
      [0, 10],
      [1, 10],
      [2, 10],
    ]);
    const denominators = new Map([
      [1, 0],
      [2, 5],
      [3, 5],
    ]);
    expect(pairRatios(numerators, denominators)).toEqual([2]);
  });
});
