import type { ExitCode } from './exit-code.js';

/** What an error may carry besides its sentence. */
export interface CommandErrorOptions {
  /** One sentence saying what to do next; printed on a line of its own after the error. */
  readonly advice?: string | undefined;
  readonly cause?: unknown;
}

/**
 * An error meant for the person at the terminal: `message` is printed after `Error: ` and
 * `exitCode` becomes the status of the process. Anything thrown that is not a `CommandError` is a
 * defect of this program.
 */
export abstract class CommandError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly advice: string | undefined;

  constructor(message: string, options: CommandErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.advice = options.advice;
  }
}
