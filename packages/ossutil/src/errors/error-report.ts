import { CommandError } from './command-error.js';
import { type ExitCode, exitCodes } from './exit-code.js';

/** What standard error shows of an error, and the status the process ends with. */
export interface ErrorReport {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/**
 * The report of anything thrown: the `Error: ` block first, to the byte as scripts grep it, then at
 * most one `Hint: ` line. The hint gets no full stop: it often ends in something to copy.
 */
export function errorReport(error: unknown): ErrorReport {
  if (!(error instanceof CommandError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      text: `Error: internal error (a defect of ossutil): ${text}\n`,
      exitCode: exitCodes.client,
    };
  }
  const hint = error.advice === undefined ? '' : `Hint: ${error.advice}\n`;
  return { text: `Error: ${error.message}\n${hint}`, exitCode: error.exitCode };
}
