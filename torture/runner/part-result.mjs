/**
 * What one part of the torture has to report.
 * @typedef {object} PartResult
 * @property {string} name
 * @property {string} title
 * @property {Readonly<Record<string, number | string>>} figures by what they count
 * @property {readonly ReportedFault[]} violations
 * @property {number} milliseconds
 * @property {string} [skipped] why it did not run
 */

/**
 * A rule that did not hold.
 * @typedef {object} ReportedFault
 * @property {string} where
 * @property {readonly string[]} problems
 * @property {string} replay the command that shows it again
 */

export {};
