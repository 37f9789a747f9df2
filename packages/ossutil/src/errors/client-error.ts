import { CommandError, type CommandErrorOptions } from './command-error.js';
import { exitCodes } from './exit-code.js';

/** Options of a `ClientError`. */
export interface ClientErrorOptions extends CommandErrorOptions {
  /** The operation under way, `PutObject`; its name is put before the message as the Go SDK does. */
  readonly operation?: string | undefined;
}

/**
 * It failed on this side of the wire: network, credentials, configuration, local files.
 * Exit status 3.
 *
 * With `operation` the text takes the Go SDK's form, `operation error PutObject: …`.
 */
export class ClientError extends CommandError {
  readonly exitCode = exitCodes.client;

  constructor(message: string, options: ClientErrorOptions = {}) {
    const { operation } = options;
    super(operation === undefined ? message : `operation error ${operation}: ${message}`, options);
  }
}
