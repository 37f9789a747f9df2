import { UsageError } from '../errors/usage-error.js';
import type { OutputPort, ProgramEdge } from './program-edge.js';

/** What a `RecordingEdge` starts from; everything has a harmless default. */
export interface RecordingEdgeOptions {
  readonly arguments?: readonly string[];
  readonly argumentsAreGenuine?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly homeDirectory?: string | undefined;
  readonly platform?: NodeJS.Platform;
  /** The bytes of standard input. */
  readonly stdin?: string | Uint8Array;
  /** The answers to prompts, in order; after the last one the input has ended. */
  readonly answers?: readonly string[];
  /** Makes standard output and standard error terminals of this width. */
  readonly columns?: number;
  /** The time of day, milliseconds since 1970. */
  readonly now?: number;
}

class RecordingOutput implements OutputPort {
  readonly chunks: Buffer[] = [];
  readonly #columns: number | undefined;

  constructor(columns: number | undefined) {
    this.#columns = columns;
  }

  get isTerminal(): boolean {
    return this.#columns !== undefined;
  }

  columns(): number | undefined {
    return this.#columns;
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    this.chunks.push(Buffer.from(chunk));
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

/**
 * An edge held in memory: it records what the program writes and touches no process. Tests run whole
 * commands on it.
 */
export class RecordingEdge implements ProgramEdge {
  readonly arguments: readonly string[];
  readonly argumentsAreGenuine: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly homeDirectory: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly stdin: ProgramEdge['stdin'];
  readonly stdout: RecordingOutput;
  readonly stderr: RecordingOutput;
  readonly clock: ProgramEdge['clock'];
  readonly interrupter = new AbortController();
  /** Every question asked, with ` (secret)` after those whose answer was not to be shown. */
  readonly questions: string[] = [];
  /** Milliseconds the measuring clock shows; tests move it. */
  elapsed = 0;
  readonly #answers: string[];

  constructor(options: RecordingEdgeOptions = {}) {
    this.arguments = options.arguments ?? [];
    this.argumentsAreGenuine = options.argumentsAreGenuine ?? true;
    this.environment = options.environment ?? {};
    this.workingDirectory = options.workingDirectory ?? '/';
    this.homeDirectory = options.homeDirectory;
    this.platform = options.platform ?? 'linux';
    this.stdout = new RecordingOutput(options.columns);
    this.stderr = new RecordingOutput(options.columns);
    this.clock = { now: () => options.now ?? 0, monotonic: () => this.elapsed };
    this.#answers = [...(options.answers ?? [])];
    const bytes = Buffer.from(options.stdin ?? '');
    let taken: string | undefined;
    this.stdin = {
      isTerminal: false,
      open: (taker) => {
        if (taken !== undefined) throw new UsageError(`standard input is read by ${taken} already`);
        taken = taker;
        return (async function* () {
          yield bytes;
        })();
      },
    };
  }

  get interruption(): AbortSignal {
    return this.interrupter.signal;
  }

  async openPrompter() {
    return {
      ask: async (question: string, options: { readonly secret?: boolean } = {}) => {
        this.questions.push(options.secret === true ? `${question} (secret)` : question);
        return this.#answers.shift();
      },
      close: () => {},
    };
  }
}
