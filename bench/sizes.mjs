const UNITS = /** @type {const} */ ([
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
]);

/**
 * A size as people say it: `4 KiB`.
 *
 * @param {number} bytes a whole number of its unit
 * @returns {string}
 */
export function sizeName(bytes) {
  for (const [unit, of] of UNITS) if (bytes % of === 0) return `${bytes / of} ${unit}`;
  return `${bytes} bytes`;
}

/**
 * A number of connections as the tables have it.
 *
 * @param {number} count
 */
export function connectionsName(count) {
  return count === 1 ? '1 connection' : `${count} connections`;
}
