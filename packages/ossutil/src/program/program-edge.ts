/** A stream the program writes to. */
export interface OutputPort {
  /** Whether a person looks at it: progress bars and wrapping depend on it. */
  readonly isTerminal: boolean;
  /** Width in columns, where it is a terminal that tells. */
  columns(): number | undefined;
  /** Writes all of `chunk`; resolves when more may be written (back-pressure). */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** The stream the program reads from. */
export interface InputPort {
  readonly isTerminal: boolean;
  /**
   * The bytes of standard input. There is one such stream, so one option may read it.
   *
   * @param taker the option that reads it, `--body`, named when a second one wants it
   * @throws UsageError when it is taken already
   */
  open(taker: string): AsyncIterable<Uint8Array>;
}

/** Asks the person at the terminal, or reads the next line of a pipe. */
export interface Prompter {
  /**
   * @param options.secret do not show what is typed
   * @returns the line without its end, or undefined at the end of input
   */
  ask(question: string, options?: { readonly secret?: boolean }): Promise<string | undefined>;
  close(): void;
}

/** Time: of day, and for measuring. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds that only ever grow, with fractions. */
  monotonic(): number;
}

/**
 * Everything the program may touch of the process it runs in. `main.ts` builds the real one; tests
 * build their own, and nothing below `main.ts` reads a global of the process.
 */
export interface ProgramEdge {
  /** The arguments after the program's name. */
  readonly arguments: readonly string[];
  /**
   * Whether the arguments are what was typed. They are not where those were no UTF-8: Node.js puts
   * U+FFFD in the place of what it cannot decode, and a key would silently become another.
   */
  readonly argumentsAreGenuine: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly workingDirectory: string;
  /** Absolute; undefined where the account has none. */
  readonly homeDirectory: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly stdin: InputPort;
  readonly stdout: OutputPort;
  readonly stderr: OutputPort;
  readonly clock: Clock;
  /** Aborted by Ctrl-C; long work listens, the program ends with status 5. */
  readonly interruption: AbortSignal;
  /** Opens the conversation with the person; a command that asks calls it once. */
  openPrompter(): Promise<Prompter>;
}
