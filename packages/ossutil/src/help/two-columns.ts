import { wrapText } from './wrap-text.js';

/** A name and what it means. */
export type Row = readonly [left: string, right: string];

/** The least room for the right column; below it each right text goes under its left one. */
const leastRightWidth = 28;
const narrowIndent = 8;

/**
 * Rows in two columns, the right one starting `gap` columns after the longest left text and
 * continuing under its own beginning.
 *
 * @param width columns of the terminal; undefined: every row is one line
 * @param leastLeftWidth the width the left column has at least
 */
export function twoColumns(
  rows: readonly Row[],
  width: number | undefined,
  gap: number,
  leastLeftWidth = 0,
): string {
  const start = Math.max(leastLeftWidth, ...rows.map(([left]) => left.length)) + gap;
  const stacked = width !== undefined && width - start < leastRightWidth;
  const indent = ' '.repeat(stacked ? narrowIndent : start);
  const rightWidth =
    width === undefined
      ? undefined
      : Math.max(leastRightWidth - narrowIndent, width - indent.length);
  return rows
    .map(([left, right]) => {
      const lines = wrapText(right, rightWidth);
      if (stacked) return [left, ...lines.map((line) => indent + line)].join('\n');
      return left.padEnd(start) + lines.join(`\n${indent}`);
    })
    .map((row) => `${row.replace(/[ ]+$/gm, '')}\n`)
    .join('');
}
