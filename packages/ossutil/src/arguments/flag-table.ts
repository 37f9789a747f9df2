import type { FlagDefinition } from './flag-definition.js';

/**
 * The flags in force for one command, found by name or shorthand.
 *
 * As in cobra, a command's own flag hides a global one of the same name or shorthand.
 */
export class FlagTable {
  readonly own: readonly FlagDefinition[];
  readonly inherited: readonly FlagDefinition[];
  readonly #byName = new Map<string, FlagDefinition>();
  readonly #byShorthand = new Map<string, FlagDefinition>();

  /**
   * @param own the command's own flags; a name or shorthand that stands twice is a `TypeError`
   * @param inherited the global flags
   */
  constructor(own: readonly FlagDefinition[], inherited: readonly FlagDefinition[] = []) {
    for (const flag of own) this.#add(flag);
    this.own = own;
    this.inherited = inherited.filter((flag) => !this.#byName.has(flag.name));
    for (const flag of this.inherited) {
      this.#byName.set(flag.name, flag);
      if (flag.shorthand !== undefined && !this.#byShorthand.has(flag.shorthand)) {
        this.#byShorthand.set(flag.shorthand, flag);
      }
    }
  }

  #add(flag: FlagDefinition): void {
    if (this.#byName.has(flag.name)) throw new TypeError(`flag --${flag.name} is defined twice`);
    this.#byName.set(flag.name, flag);
    if (flag.shorthand === undefined) return;
    if (this.#byShorthand.has(flag.shorthand)) {
      throw new TypeError(`shorthand -${flag.shorthand} is defined twice`);
    }
    this.#byShorthand.set(flag.shorthand, flag);
  }

  byName(name: string): FlagDefinition | undefined {
    return this.#byName.get(name);
  }

  byShorthand(letter: string): FlagDefinition | undefined {
    return this.#byShorthand.get(letter);
  }

  /** Every flag in force, in order of name (the order in which pflag visits and reports them). */
  all(): FlagDefinition[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
