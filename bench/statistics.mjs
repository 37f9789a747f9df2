/**
 * @module The statistics of the report: medians and spread of few, noisy samples. No sample is thrown
 * away and nothing is assumed about their distribution.
 */

/**
 * The middle of the values; of an even number the mean of the two in the middle.
 *
 * @param {readonly number[]} values at least one
 * @returns {number}
 */
export function median(values) {
  if (values.length === 0) throw new RangeError('There is no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/**
 * The standard deviation of a sample (over n - 1); 0 of a single value, which has no spread to see.
 *
 * @param {readonly number[]} values at least one
 * @returns {number} in the unit of the values
 */
export function standardDeviation(values) {
  if (values.length === 0) throw new RangeError('There is no deviation of nothing');
  if (values.length === 1) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * @typedef {object} Summary
 * @property {number} count
 * @property {number} median
 * @property {number} min
 * @property {number} max
 * @property {number} deviation the sample's standard deviation
 * @property {Interval | undefined} interval of the median; undefined of too few values
 */

/**
 * @typedef {object} Interval where the median lies with a confidence of 95 %
 * @property {number} low
 * @property {number} high
 */

/**
 * What the report says of one column of samples.
 *
 * @param {readonly number[]} values at least one
 * @returns {Summary}
 */
export function summarize(values) {
  return {
    count: values.length,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    deviation: standardDeviation(values),
    interval: medianInterval(values),
  };
}

const CONFIDENCE = 0.95;

/**
 * Where the median of what the values are a sample of lies, with a confidence of at least 95 %: between
 * two of the values themselves, as many from the ends as the binomial distribution allows. It needs no
 * other distribution.
 *
 * @param {readonly number[]} values
 * @returns {Interval | undefined} undefined of fewer than six, whose whole range is not sure enough
 */
export function medianInterval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  /** That at most `below` of the values lie on one side of the median. */
  let tail = 0;
  let probability = 0.5 ** count;
  let below = 0;
  for (; below < count / 2; below++) {
    if (2 * (tail + probability) > 1 - CONFIDENCE) break;
    tail += probability;
    probability *= (count - below) / (below + 1);
  }
  const low = sorted[below - 1];
  const high = sorted[count - below];
  return low === undefined || high === undefined ? undefined : { low, high };
}

/**
 * The ratios of interleaved pairs: each round's numerator over the same round's denominator, so that
 * what slows the machine for a while slows both halves of a pair. Rounds that only one side has are
 * passed over.
 *
 * @param {ReadonlyMap<number, number>} numerators by round
 * @param {ReadonlyMap<number, number>} denominators by round
 * @returns {number[]}
 */
export function pairRatios(numerators, denominators) {
  const ratios = [];
  for (const [round, numerator] of numerators) {
    const denominator = denominators.get(round);
    if (denominator !== undefined && denominator > 0) ratios.push(numerator / denominator);
  }
  return ratios;
}
