import { FlagValueError } from './flag-value-error.js';
import { goQuote } from './go-quote.js';

const failure = (text: string, reason: string): FlagValueError =>
  new FlagValueError(`strconv.ParseInt: parsing ${goQuote(text)}: ${reason}`);

/**
 * Digits with Go's base prefixes and its rule for underscores: only between digits, or between the
 * prefix and a digit. A leading `0` alone means octal.
 */
const forms: readonly (readonly [RegExp, string])[] = [
  [/^0[xX]((?:_?[0-9a-fA-F])+)$/, '0x'],
  [/^0[bB]((?:_?[01])+)$/, '0b'],
  [/^0[oO]((?:_?[0-7])+)$/, '0o'],
  [/^0((?:_?[0-7])+)$/, '0o'],
  [/^(0|[1-9](?:_?[0-9])*)$/, ''],
];

/**
 * An integer as pflag reads an `int` (`strconv.ParseInt` with base 0).
 *
 * Numbers beyond 2^53 are out of range here, where Go has 2^63: no flag of ossutil takes one.
 *
 * @throws FlagValueError with Go's text
 */
export function parseGoInteger(text: string): number {
  const [, sign, digits] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  for (const [form, prefix] of forms) {
    const match = form.exec(digits ?? '');
    if (match?.[1] === undefined) continue;
    const magnitude = Number(prefix + match[1].replaceAll('_', ''));
    if (!Number.isSafeInteger(magnitude)) throw failure(text, 'value out of range');
    return sign === '-' && magnitude !== 0 ? -magnitude : magnitude;
  }
  throw failure(text, 'invalid syntax');
}
