import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OssError, RequestHeaders } from '@openoss/protocol';
import type { RequestAddress } from '../stages/address.js';
import type { Caller } from '../stages/authenticate.js';
import type { Authorization } from '../stages/authorize.js';
import type { Connection } from './connection.js';

/** One request and its answer on their way through the server. */
export interface Exchange {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The connection that both are on. */
  readonly connection: Pick<Connection, 'hasWaiting' | 'peer'>;
  /** The request's headers: lower-case names, byte-string values. */
  readonly headers: RequestHeaders;
  /** When its head had come, by `performance.now()`: milliseconds of a clock that never goes back. */
  readonly startedAt: number;
  /** What its Expect header asks for: to be told before it sends its body, or something else. */
  expects: 'continue' | 'unknown' | undefined;
  /** Whether the parser has given up on the connection: what follows is bytes, not a body. */
  parserFailed: boolean;
  /** What the parser found wrong with the body: whoever reads it, or comes to read it, fails with this. */
  bodyFault: OssError | undefined;
  /** Whether the connection must not be used again after this answer. */
  closes: boolean;
  /** The operation's name once it is known, for log and metrics. */
  operation: string | undefined;
  /** What the request was refused with, for metrics and audit. */
  refusedWith: OssError | undefined;
  // What the pipeline has found out so far, for the audit alone. It is noted whether there is one or not:
  // that costs less than to ask.
  /** What it is addressed to. */
  address: RequestAddress | undefined;
  /** Whom it comes from, once that is proved. */
  caller: Caller | undefined;
  /** Who decides about it, and has when there is a verdict. */
  authorization: Authorization | undefined;
  /** The XML document that came with it, decoded. */
  document: unknown;
  /** Bytes of its body that were read. */
  bytesIn: number;
  /** Bytes of the answer's body that were handed over. */
  bytesOut: number;
  /** How it ended, if otherwise than with the whole of request and answer. */
  ending: 'lingering' | 'given-up' | undefined;
}
