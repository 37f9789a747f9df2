import type { Socket } from 'node:net';
import type { Exchange } from './exchange.js';

/**
 * What the server keeps of one connection. Requests that a client sends without waiting for the
 * answers (pipelining) are served one after another: a GET behind a PUT must see what was put
 * (RFC 9112, 9.3.2), and an answer that ends the connection must not cut off the one before it.
 */
export class Connection {
  /** The exchange whose request was parsed last: what the parser meets next belongs to its body. */
  latest: Exchange | undefined;
  /** Whether the parser has met bytes that are no HTTP; it fails again on all that follow. */
  broken = false;
  #isServing = false;
  readonly #waiting: Exchange[] = [];
  readonly #socket: Socket;
  readonly #serve: (exchange: Exchange) => void;

  /** `serve` is called for one exchange at a time; `served` must be called when its answer is over. */
  constructor(socket: Socket, serve: (exchange: Exchange) => void) {
    this.#socket = socket;
    this.#serve = serve;
  }

  /** Takes the next request of the connection; it is served when all before it are answered. */
  receive(exchange: Exchange): void {
    this.latest = exchange;
    if (this.#isServing) {
      this.#waiting.push(exchange);
      // Who sends more than is answered waits: what is kept of it stays within one read.
      this.#socket.pause();
      return;
    }
    this.#isServing = true;
    this.#serve(exchange);
  }

  /** Tells that the answer in progress is over. */
  served({ closes }: Exchange): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#isServing = false;
      this.latest = undefined;
      return;
    }
    // The rest of what the client sent after an answer that ends the connection is not served.
    if (closes || !this.#socket.writable) return;
    if (this.#waiting.length === 0) this.#socket.resume();
    this.#serve(next);
  }
}
