import type { Socket } from 'node:net';

/** What the parser's callback for a request head answers to have the rest of the input left alone. */
const LEAVE_THE_REST = 2;

/**
 * Makes Node's HTTP parser stop at the next request of a connection. Pausing the socket is not
 * enough: the parser goes on to the end of the 64 KiB that were read, and makes objects for each of
 * the 3,600 requests that these may be. The connection must be ended soon: nothing more is served.
 */
export function stopParsing(socket: Socket): void {
  // The parser is no part of Node's documented interface. Where it is not what we think it is, more
  // than needed is parsed; and the torture of pipelining clients sees that memory grows.
  const { parser } = socket as Socket & { parser?: { onIncoming?: unknown } | null };
  if (parser?.onIncoming !== undefined) parser.onIncoming = () => LEAVE_THE_REST;
}
