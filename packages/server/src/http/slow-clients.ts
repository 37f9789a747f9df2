import type { Socket } from 'node:net';
import type { Connection } from './connection.js';
import type { Exchange } from './exchange.js';
import { hasBody } from './incoming-body.js';

/** How often, within the time over which a rate is measured, everybody is looked at. */
const LOOKS = 8;
/** No rarer than this, in milliseconds. */
const LONGEST_BETWEEN_LOOKS = 5_000;

/** The side of a transfer on which a client is slow. */
export type SlowSide = 'sending' | 'taking';

/** What is measured, and who acts on it. */
export interface SlowClientsOptions {
  /** Milliseconds over which a rate is measured. */
  readonly window: number;
  /** Bytes a second. */
  readonly minimumRate: number;
  /** Called for a client that moved less than that in a whole window, while it was waited for. */
  giveUp(connection: Connection, exchange: Exchange, side: SlowSide): void;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/** How far a transfer was when its client was last known to keep up. */
interface Mark {
  readonly exchange: Exchange;
  readonly side: SlowSide;
  readonly at: number;
  readonly bytes: number;
}

/**
 * Finds the clients that send or take in so little that they would hold what their request holds for
 * ever: one byte now and then is no standstill. One timer looks at all connections; a request costs
 * nothing. Time in which the client waits for the server does not count against it.
 */
export class SlowClients {
  readonly #options: SlowClientsOptions;
  readonly #now: () => number;
  readonly #connections = new Set<Connection>();
  readonly #marks = new Map<Connection, Mark>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SlowClientsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  watch(connection: Connection): void {
    this.#connections.add(connection);
  }

  forget(connection: Connection): void {
    this.#connections.delete(connection);
    this.#marks.delete(connection);
  }

  start(): void {
    const between = Math.min(LONGEST_BETWEEN_LOOKS, this.#options.window / LOOKS);
    this.#timer = setInterval(() => this.look(), between).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks at every connection once. */
  look(): void {
    const now = this.#now();
    for (const connection of this.#connections) {
      const { serving, socket } = connection;
      const side = serving === undefined ? undefined : awaited(serving, socket);
      if (serving === undefined || side === undefined) {
        this.#marks.delete(connection);
        continue;
      }
      const bytes = side === 'sending' ? socket.bytesRead : bytesTaken(socket);
      const mark = this.#marks.get(connection);
      if (mark === undefined || mark.exchange !== serving || mark.side !== side) {
        this.#marks.set(connection, { exchange: serving, side, at: now, bytes });
        continue;
      }
      const elapsed = now - mark.at;
      if (elapsed < this.#options.window) continue;
      const expected = Math.max(1, (this.#options.minimumRate * elapsed) / 1000);
      if (bytes - mark.bytes >= expected) {
        this.#marks.set(connection, { exchange: serving, side, at: now, bytes });
        continue;
      }
      this.#marks.delete(connection);
      this.#options.giveUp(connection, serving, side);
    }
  }
}

/** What of the client is waited for, if it is the client that is waited for. */
function awaited(exchange: Exchange, socket: Socket): SlowSide | undefined {
  const { request, response } = exchange;
  if (response.headersSent) return socket.writableLength > 0 ? 'taking' : undefined;
  // What is there and not read yet waits for us; so does a client that was not told to send.
  const isAwaited = !request.complete && request.readableLength === 0 && !exchange.expects;
  return isAwaited && hasBody(exchange) ? 'sending' : undefined;
}

/** How many bytes the system has taken of what was written: what goes out, the client makes room for. */
export function bytesTaken(socket: Socket): number {
  // The handle is no part of Node's documented interface. Without it, what counts is what was handed
  // to the system: it moves in larger steps, of a megabyte at most.
  const { _handle: handle } = socket as Socket & { _handle?: { writeQueueSize?: number } | null };
  return socket.bytesWritten - (handle?.writeQueueSize ?? 0);
}
