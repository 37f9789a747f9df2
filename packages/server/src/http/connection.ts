import type { Socket } from 'node:net';
import type { Exchange } from './exchange.js';

/** How many requests of one connection wait at most: what is read at once of signed ones. */
const MOST_WAITING = 512;

/** How many wait on all connections together: making objects of their heads takes 25 ms. */
const MOST_WAITING_IN_ALL = 1024;

/** How many requests wait for the answers before them, on all connections together. */
export class WaitingRequests {
  readonly #most: number;
  #count = 0;

  constructor(most = MOST_WAITING_IN_ALL) {
    this.#most = most;
  }

  enter(): boolean {
    if (this.#count >= this.#most) return false;
    this.#count += 1;
    return true;
  }

  leave(count = 1): void {
    this.#count -= count;
  }
}

/**
 * What the server keeps of one connection. Requests that a client sends without waiting for the
 * answers (pipelining) are served one after another: a GET behind a PUT must see what was put
 * (RFC 9112, 9.3.2), and an answer that ends the connection must not cut off the one before it.
 */
export class Connection {
  readonly socket: Socket;
  /** The client's address; a socket that was reset does not tell it any more. */
  readonly peer: string | undefined;
  /** The exchange whose request was parsed last: what the parser meets next belongs to its body. */
  latest: Exchange | undefined;
  /** The exchange that is being served. */
  serving: Exchange | undefined;
  /** Whether the parser has met bytes that are no HTTP; it fails again on all that follow. */
  broken = false;
  /** Whether its socket is kept from going on while something waits. */
  #isHeld = false;
  /** Whether an answer has ended it: what is parsed from then on is not served. */
  #isOver = false;
  readonly #waiting: Exchange[] = [];
  readonly #all: WaitingRequests;
  readonly #serve: (exchange: Exchange) => void;

  /** `serve` is called for one exchange at a time; `served` must be called when its answer is over. */
  constructor(
    socket: Socket,
    peer: string | undefined,
    all: WaitingRequests,
    serve: (exchange: Exchange) => void,
  ) {
    this.socket = socket;
    this.peer = peer;
    this.#all = all;
    this.#serve = serve;
  }

  /** Whether requests have come that wait for the answer in progress. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Takes the next request of the connection; it is served when all before it are answered. False
   * when too many wait: it is not taken, and the connection is to end after `latest`.
   */
  receive(exchange: Exchange): boolean {
    if (this.#isOver) {
      this.socket.pause();
      return true;
    }
    if (this.serving !== undefined) {
      if (this.#waiting.length >= MOST_WAITING || !this.#all.enter()) return false;
      this.latest = exchange;
      this.#waiting.push(exchange);
      this.#hold();
      return true;
    }
    this.latest = exchange;
    this.serving = exchange;
    this.#serve(exchange);
    return true;
  }

  /** Tells that the answer in progress is over. */
  served({ closes }: Exchange): void {
    // The rest of what the client sent after an answer that ends the connection is not served.
    if (closes || !this.socket.writable) this.#end();
    const next = this.#waiting.shift();
    this.serving = next;
    if (next === undefined) {
      if (!this.#isOver) this.latest = undefined;
      return;
    }
    this.#all.leave();
    if (this.#waiting.length === 0) this.socket.resume();
    // One in a turn of the event loop: what waits on this connection must not hold up the others.
    setImmediate(() => {
      if (this.socket.writable) this.#serve(next);
      else this.#end();
    });
  }

  /** Who sends more than is answered waits: what is kept of it stays within one read. */
  #hold(): void {
    this.socket.pause();
    if (this.#isHeld) return;
    this.#isHeld = true;
    // Node lets the socket go on with the end of each request, and with each read of a body.
    this.socket.on('resume', () => {
      if (this.#waiting.length > 0 && this.serving?.closes === false) this.socket.pause();
    });
  }

  /** Nothing more is served. */
  #end(): void {
    this.#isOver = true;
    this.serving = undefined;
    this.#all.leave(this.#waiting.splice(0).length);
  }
}
