import type { FlagDefinition, FlagType, FlagValue } from './flag-definition.js';
import type { FlagTable } from './flag-table.js';
import { nextFlagValue } from './flag-value.js';

/**
 * A command line taken apart: what each flag was set to, and what stood beside the flags.
 *
 * The typed readers fall back to the flag's default; `isSet` tells a default from a value that was
 * given, which is what the precedence over environment and configuration file needs. Asking for a
 * flag that the command does not have, or as another type, is a `TypeError`: a defect of the caller.
 */
export class ParsedArguments {
  /** The arguments that belong to no flag, in their order. */
  readonly positionals: readonly string[];
  readonly #table: FlagTable;
  readonly #values: ReadonlyMap<string, FlagValue>;

  constructor(
    table: FlagTable,
    values: ReadonlyMap<string, FlagValue>,
    positionals: readonly string[],
  ) {
    this.#table = table;
    this.#values = values;
    this.positionals = positionals;
  }

  /** Whether the command line gave the flag. */
  isSet(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether the command has such a flag at all. */
  has(name: string): boolean {
    return this.#table.byName(name) !== undefined;
  }

  /** The flags that were given, in the order of their names. */
  given(): FlagDefinition[] {
    return this.#table.all().filter((flag) => this.#values.has(flag.name));
  }

  string(name: string): string | undefined {
    const value = this.#read(name, ['string']);
    return typeof value === 'string' ? value : undefined;
  }

  boolean(name: string): boolean {
    return this.#read(name, ['bool']) === true;
  }

  integer(name: string): number | undefined {
    const value = this.#read(name, ['int']);
    return typeof value === 'number' ? value : undefined;
  }

  /** Milliseconds. */
  duration(name: string): number | undefined {
    const value = this.#read(name, ['duration']);
    return typeof value === 'number' ? value : undefined;
  }

  /** The values of a repeatable flag, empty when it was not given and has no default. */
  strings(name: string): readonly string[] {
    const value = this.#read(name, ['stringArray', 'strings']);
    return Array.isArray(value) ? value : [];
  }

  #read(name: string, types: readonly FlagType[]): FlagValue | undefined {
    const flag = this.#table.byName(name);
    if (flag === undefined) throw new TypeError(`this command has no flag --${name}`);
    if (!types.includes(flag.type)) {
      throw new TypeError(`--${name} is a ${flag.type} flag, not ${types.join(' or ')}`);
    }
    const given = this.#values.get(name);
    if (given !== undefined || flag.defaultValue === undefined) return given;
    return nextFlagValue(flag, flag.defaultValue, undefined);
  }
}
