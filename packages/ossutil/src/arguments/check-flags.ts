import { UsageError } from '../errors/usage-error.js';
import type { FlagDefinition } from './flag-definition.js';
import type { FlagTable } from './flag-table.js';
import type { ParsedArguments } from './parsed-arguments.js';

const named = (flags: readonly FlagDefinition[]): string =>
  flags.map((flag) => `"${flag.name}"`).join(', ');

/** The values of a flag as texts, for comparing them with its fixed set. */
function textsOf(flag: FlagDefinition, parsed: ParsedArguments): readonly string[] {
  if (flag.type === 'stringArray' || flag.type === 'strings') return parsed.strings(flag.name);
  return flag.type === 'string' ? [parsed.string(flag.name) ?? ''] : [];
}

/**
 * Checks what parsing alone cannot: required flags are there (cobra's text), and values come from
 * their fixed sets (ossutil's text, `invalid value for flag(s) "mode"`).
 *
 * @throws UsageError
 */
export function checkFlags(table: FlagTable, parsed: ParsedArguments): void {
  const missing = table.all().filter((flag) => flag.required === true && !parsed.isSet(flag.name));
  if (missing.length > 0) throw new UsageError(`required flag(s) ${named(missing)} not set`);

  const invalid = parsed.given().filter(({ validValues, ...flag }) => {
    return (
      validValues !== undefined && textsOf(flag, parsed).some((text) => !validValues.includes(text))
    );
  });
  const [first] = invalid;
  if (first === undefined) return;
  const valid = (first.validValues ?? []).map((value) => `"${value}"`).join(', ');
  throw new UsageError(`invalid value for flag(s) ${named(invalid)}`, {
    advice: `--${first.name} takes ${valid}`,
  });
}
