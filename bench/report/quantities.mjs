/** @module How figures are written: as many digits as mean something. */

const MEBIBYTE = 1024 ** 2;

/** @typedef {import('../measurements.mjs').Column['quantity'] | 'ratio'} Quantity */

/**
 * A figure as a table has it, without its unit where the column says it.
 *
 * @param {number} value in base units: bytes, seconds; milliseconds and microseconds as they are called
 * @param {Quantity} quantity
 * @returns {string}
 */
export function formatQuantity(value, quantity) {
  switch (quantity) {
    case 'rate':
    case 'count':
      return value < 100 ? digits(value, 3) : Math.round(value).toLocaleString('en');
    case 'milliseconds':
      return `${digits(value, 3)} ms`;
    case 'microseconds':
      return value < 10_000 ? `${digits(value, 3)} µs` : `${digits(value / 1000, 3)} ms`;
    case 'seconds':
      return `${digits(value, 3)} s`;
    case 'mebibytes':
      return Math.abs(value) < 10 * MEBIBYTE
        ? digits(value / MEBIBYTE, 2)
        : Math.round(value / MEBIBYTE).toLocaleString('en');
    case 'share':
      return `${Math.round(value * 100)} %`;
    case 'ratio':
      return digits(value, 3);
  }
}

/**
 * @param {number} value
 * @param {number} significant
 */
function digits(value, significant) {
  if (value === 0) return '0';
  const before = Math.floor(Math.log10(Math.abs(value))) + 1;
  return value.toFixed(Math.max(0, Math.min(significant, significant - before)));
}

/**
 * A spread: `12–14`.
 *
 * @param {{ min: number, max: number }} summary
 * @param {Quantity} quantity
 */
export function formatRange({ min, max }, quantity) {
  const [low, high] = [formatQuantity(min, quantity), formatQuantity(max, quantity)];
  return low === high ? low : `${low.replace(/ \D+$/, '')}–${high}`;
}
