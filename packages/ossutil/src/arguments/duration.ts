import { FlagValueError } from './flag-value-error.js';
import { goQuote } from './go-quote.js';

const second = 1000;
const day = 86_400 * second;

/** Units of ossutil's Duration options. A month counts 30 days and a year 365. */
const unitMilliseconds: Readonly<Record<string, number>> = {
  '': second,
  ms: 1,
  s: second,
  m: 60 * second,
  h: 3600 * second,
  d: day,
  w: 7 * day,
  M: 30 * day,
  y: 365 * day,
};

/**
 * A Duration option in milliseconds: a decimal number and one unit, `1.5d`; several such parts may
 * follow each other, `1h30m`. Seconds where no unit stands.
 *
 * @throws FlagValueError when it is not one
 */
export function parseDuration(text: string): number {
  const failure = () => new FlagValueError(`time: invalid duration ${goQuote(text)}`);
  if (
    !/^(?:\d+(?:\.\d*)?|\.\d+)(?:(?:ms|[smhdwMy])(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ms|[smhdwMy]))*)?$/.test(
      text,
    )
  ) {
    throw failure();
  }
  let milliseconds = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|[smhdwMy]|)/g)) {
    milliseconds += Number(amount) * (unitMilliseconds[unit ?? ''] ?? Number.NaN);
  }
  if (!Number.isFinite(milliseconds)) throw failure();
  return milliseconds;
}
