import { CommandError } from './command-error.js';
import { exitCodes } from './exit-code.js';

/** The run was stopped by Ctrl-C. Exit status 5. */
export class InterruptedError extends CommandError {
  readonly exitCode = exitCodes.interrupted;

  constructor() {
    super('interrupted');
  }
}
