import { CommandError } from './command-error.js';
import { exitCodes } from './exit-code.js';

/** The command line is wrong: an unknown or missing subcommand, option or value. Exit status 1. */
export class UsageError extends CommandError {
  readonly exitCode = exitCodes.usage;
}
