import { parseCsvLine } from './csv-line.js';
import { parseDuration } from './duration.js';
import type { FlagDefinition, FlagValue } from './flag-definition.js';
import { FlagValueError } from './flag-value-error.js';
import { parseGoBoolean } from './go-boolean.js';
import { parseGoInteger } from './go-integer.js';

/**
 * The value a flag has after `text` was given for it.
 *
 * @param previous its value so far; repeatable flags add to it, others replace it
 * @throws FlagValueError when `text` is not of the flag's type
 */
export function nextFlagValue(
  flag: FlagDefinition,
  text: string,
  previous: FlagValue | undefined,
): FlagValue {
  const earlier = Array.isArray(previous) ? previous : [];
  switch (flag.type) {
    case 'string':
      return text;
    case 'bool':
      return parseGoBoolean(text);
    case 'int': {
      const value = parseGoInteger(text);
      if (flag.minimum !== undefined && value < flag.minimum) {
        throw new FlagValueError(`must be ${flag.minimum} or more`);
      }
      return value;
    }
    case 'duration':
      return parseDuration(text);
    case 'stringArray':
      return [...earlier, text];
    case 'strings':
      return [...earlier, ...parseCsvLine(text)];
  }
}
