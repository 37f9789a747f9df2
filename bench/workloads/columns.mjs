/** @module The columns of tables whose rows are many requests, or few large ones. */

/** @type {readonly import('../measurements.mjs').Column[]} */
export const REQUEST_COLUMNS = [
  { key: 'perSecond', title: 'a second', quantity: 'rate' },
  { key: 'p50', title: 'p50', quantity: 'milliseconds' },
  { key: 'p99', title: 'p99', quantity: 'milliseconds' },
  { key: 'cpuMicros', title: 'CPU each', quantity: 'microseconds' },
  { key: 'busy', title: 'generator', quantity: 'share' },
];

/** @type {readonly import('../measurements.mjs').Column[]} */
export const TRANSFER_COLUMNS = [
  { key: 'bytesPerSecond', title: 'MiB a second', quantity: 'mebibytes' },
  { key: 'cpuPerGiB', title: 'CPU a GiB', quantity: 'seconds' },
  { key: 'busy', title: 'generator', quantity: 'share' },
];
