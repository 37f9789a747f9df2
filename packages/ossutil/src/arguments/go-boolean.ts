import { FlagValueError } from './flag-value-error.js';
import { goQuote } from './go-quote.js';

const truths: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const falsehoods: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/**
 * A boolean as Go's `strconv.ParseBool` reads it.
 *
 * @throws FlagValueError with Go's text for anything else
 */
export function parseGoBoolean(text: string): boolean {
  if (truths.has(text)) return true;
  if (falsehoods.has(text)) return false;
  throw new FlagValueError(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}
