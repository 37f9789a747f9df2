import { describe, expect, it } from 'vitest';
import { median, pairRatios, standardDeviation, summarize } from '../../bench/statistics.mjs';

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
    expect(summarize([3, 1, 2])).toEqual({ count: 3, median: 2, min: 1, max: 3, deviation: 1 });
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
