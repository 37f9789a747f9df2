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
  };
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
