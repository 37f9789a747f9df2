import { UsageError } from '../errors/usage-error.js';
import { nearestFlag } from '../suggest.js';
import type { FlagDefinition, FlagValue } from './flag-definition.js';
import type { FlagTable } from './flag-table.js';
import { nextFlagValue } from './flag-value.js';
import { FlagValueError } from './flag-value-error.js';
import { goQuote, goQuoteRune } from './go-quote.js';
import { ParsedArguments } from './parsed-arguments.js';

const booleanToken = /^(?:true|false|TRUE|FALSE|True|False)$/;

function spelling(flag: FlagDefinition): string {
  return flag.shorthand === undefined ? `--${flag.name}` : `-${flag.shorthand}, --${flag.name}`;
}

/**
 * Takes a command line apart by the rules of Go's pflag (`spf13/pflag`, `FlagSet.Parse` with
 * interspersed arguments), which are ossutil's:
 *
 * - `--name value`, `--name=value`, `-n value`, `-n=value`, `-nvalue`; `-abc` sets three booleans,
 *   and the first letter that takes a value takes the rest
 * - the argument after a flag that needs a value is that value, whatever it looks like
 * - a boolean takes a value only after `=`, except where `optionalBooleanToken` says otherwise
 * - `--` ends the flags; `-` alone is an ordinary argument; flags may stand anywhere
 * - a flag given again replaces its value, or adds to it where its type repeats
 *
 * @param tokens the arguments without the program's and the command's names
 * @throws UsageError with pflag's text
 */
export function parseArguments(tokens: readonly string[], table: FlagTable): ParsedArguments {
  const values = new Map<string, FlagValue>();
  const positionals: string[] = [];
  let next = 0;

  const set = (flag: FlagDefinition, text: string): void => {
    try {
      values.set(flag.name, nextFlagValue(flag, text, values.get(flag.name)));
    } catch (error) {
      if (!(error instanceof FlagValueError)) throw error;
      const shown = `${goQuote(text)} for ${goQuote(spelling(flag))} flag`;
      throw new UsageError(`invalid argument ${shown}: ${error.message}`);
    }
  };

  /** The value of a flag written without one: `true`, the next argument, or undefined at the end. */
  const followingValue = (flag: FlagDefinition): string | undefined => {
    const token = tokens[next];
    if (flag.type === 'bool') {
      if (flag.optionalBooleanToken !== true || token === undefined) return 'true';
      if (!booleanToken.test(token)) return 'true';
    }
    if (token !== undefined) next += 1;
    return token;
  };

  const parseLong = (token: string): void => {
    const body = token.slice(2);
    if (body.startsWith('-') || body.startsWith('=')) {
      throw new UsageError(`bad flag syntax: ${token}`);
    }
    const equals = body.indexOf('=');
    const name = equals < 0 ? body : body.slice(0, equals);
    const flag = table.byName(name);
    if (flag === undefined) {
      throw new UsageError(`unknown flag: --${name}`, { advice: nearestFlag(name, table.all()) });
    }
    const value = equals < 0 ? followingValue(flag) : body.slice(equals + 1);
    if (value === undefined) throw new UsageError(`flag needs an argument: --${name}`);
    set(flag, value);
  };

  const parseShort = (token: string): void => {
    let letters = Array.from(token.slice(1));
    while (letters.length > 0) {
      const [letter = '', ...rest] = letters;
      const flag = table.byShorthand(letter);
      if (flag === undefined) {
        throw new UsageError(
          `unknown shorthand flag: ${goQuoteRune(letter)} in -${letters.join('')}`,
          // `-key value`: a long name written with one dash is the usual slip.
          { advice: nearestFlag(token.slice(1), table.all(), { exact: true }) },
        );
      }
      // pflag wants a character after the `=`: in `-i=` the value is "=" itself.
      if (rest.length > 1 && rest[0] === '=') {
        set(flag, rest.slice(1).join(''));
        return;
      }
      if (flag.type !== 'bool' && rest.length > 0) {
        set(flag, rest.join(''));
        return;
      }
      const value = rest.length > 0 ? 'true' : followingValue(flag);
      if (value === undefined) {
        throw new UsageError(`flag needs an argument: ${goQuoteRune(letter)} in -${letter}`);
      }
      set(flag, value);
      letters = rest;
    }
  };

  while (next < tokens.length) {
    const token = tokens[next] ?? '';
    next += 1;
    if (token === '--') {
      positionals.push(...tokens.slice(next));
      break;
    }
    if (!token.startsWith('-') || token === '-') positionals.push(token);
    else if (token.startsWith('--')) parseLong(token);
    else parseShort(token);
  }
  return new ParsedArguments(table, values, positionals);
}
