import type { FlagDefinition } from '../arguments/flag-definition.js';
import { goQuote } from '../arguments/go-quote.js';
import type { Row } from './two-columns.js';

/** The zero value of a type is no default worth showing, as in pflag. */
const zeroValues: ReadonlySet<string> = new Set(['', 'false', '0', '0s', '[]']);

function rightText(flag: FlagDefinition): string {
  const valid = flag.validValues?.map((value) => `"${value}"`).join(',');
  const text = valid === undefined ? flag.help : `${flag.help}, valid value(s): ${valid}`;
  const value = flag.defaultValue;
  if (value === undefined || zeroValues.has(value)) return text;
  return `${text} (default ${flag.type === 'string' ? goQuote(value) : value})`;
}

/**
 * The flags as rows of help, in order of name and in pflag's columns: `  -i, --access-key-id string`
 * and `      --region string`.
 */
export function flagRows(flags: readonly FlagDefinition[]): Row[] {
  return flags
    .filter((flag) => flag.hidden !== true)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => {
      const short = flag.shorthand === undefined ? '      ' : `  -${flag.shorthand}, `;
      const type = flag.type === 'bool' ? '' : ` ${flag.type}`;
      return [`${short}--${flag.name}${type}`, rightText(flag)];
    });
}
