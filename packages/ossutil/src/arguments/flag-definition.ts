/**
 * The types a flag can have. Their names are those of Go's pflag, because help prints them:
 * `strings` splits its value at commas (CSV) and repeats, `stringArray` repeats and takes commas
 * literally, `duration` is ossutil's (`90`, `1.5h`, `2d`; seconds where no unit stands).
 */
export type FlagType = 'string' | 'bool' | 'int' | 'stringArray' | 'strings' | 'duration';

/** One flag of a command, as data: the parser, the help and the completion scripts read it. */
export interface FlagDefinition {
  /** Long name without dashes, `access-key-id`. */
  readonly name: string;
  /** One ASCII letter, `i`. */
  readonly shorthand?: string | undefined;
  readonly type: FlagType;
  /** The help sentence, without type, default or valid values: those are added from the fields. */
  readonly help: string;
  /** The only values accepted, where there is a fixed set. */
  readonly validValues?: readonly string[] | undefined;
  /** Values that completion offers, where others may be taken too: the service decides. */
  readonly knownValues?: readonly string[] | undefined;
  /** The value when the flag is absent, written as it would be on the command line. */
  readonly defaultValue?: string | undefined;
  readonly required?: boolean | undefined;
  /** For `bool`: a `true` or `false` in the next argument is its value (`--forbid-overwrite true`). */
  readonly optionalBooleanToken?: boolean | undefined;
  /** For `int`: the least value accepted. */
  readonly minimum?: number | undefined;
  /** Accepted but not shown in help or completion. */
  readonly hidden?: boolean | undefined;
  /** The value names a file: completion offers file names. */
  readonly completesFiles?: boolean | undefined;
}

/** A parsed value: `duration` is a number of milliseconds. */
export type FlagValue = string | boolean | number | readonly string[];
