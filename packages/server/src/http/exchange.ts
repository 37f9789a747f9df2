import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHeaders } from '@openoss/protocol';

/** One request and its answer on their way through the server. */
export interface Exchange {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request's headers: lower-case names, byte-string values. */
  readonly headers: RequestHeaders;
  /** From `process.hrtime`, in milliseconds. */
  readonly startedAt: number;
  /** Whether the client waits to be told before it sends its body. */
  expectsContinue: boolean;
  /** Whether the parser has given up on the connection: what follows is bytes, not a body. */
  parserFailed: boolean;
  /** Whether the connection must not be used again after this answer. */
  closes: boolean;
  /** The operation's name once it is known, for log and metrics. */
  operation: string | undefined;
}
