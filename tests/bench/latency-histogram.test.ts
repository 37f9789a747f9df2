import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../bench/load/latency-histogram.mjs';

/** One bucket in 64 of each power of two. */
const RELATIVE_ERROR = 1 / 64;

function histogramOf(microseconds: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of microseconds) histogram.record(value);
  return histogram;
}

/** The percentile as it is defined: the least value that the share of values does not exceed. */
function exactPercentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

describe('a latency histogram', () => {
  it('counts, and knows the mean and the largest exactly', () => {
    const histogram = histogramOf([1, 2, 6_000_000]);
    expect(histogram.count).toBe(3);
    expect(histogram.mean).toBeCloseTo(6_000_003 / 3, 6);
    expect(histogram.max).toBe(6_000_000);
  });

  it('answers 0 when nothing was recorded', () => {
    const histogram = new LatencyHistogram();
    expect([histogram.mean, histogram.max, histogram.percentile(0.5)]).toEqual([0, 0, 0]);
  });

  it('is exact below 64 microseconds', () => {
    const histogram = histogramOf(Array.from({ length: 60 }, (_, i) => i));
    expect(histogram.percentile(0.5)).toBe(29);
    expect(histogram.percentile(1)).toBe(59);
  });

  it('finds every percentile, at most one bucket too high', () => {
    const latencies = fc.array(fc.integer({ min: 0, max: 2 ** 34 }), { minLength: 1 });
    const share = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(latencies, share, (values, p) => {
        const exact = exactPercentile(values, p);
        const found = histogramOf(values).percentile(p);
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact * (1 + RELATIVE_ERROR) + 1);
      }),
    );
  });

  it('never answers more than the largest', () => {
    expect(histogramOf([1_000_001]).percentile(0.99)).toBe(1_000_001);
  });

  it('takes what is longer than it can tell apart', () => {
    const histogram = histogramOf([2 ** 50]);
    expect(histogram.count).toBe(1);
    expect(histogram.max).toBe(2 ** 50);
  });

  it('refuses a share that is none', () => {
    for (const share of [0, -1, 1.1, Number.NaN]) {
      expect(() => histogramOf([1]).percentile(share)).toThrow(RangeError);
    }
  });
});
