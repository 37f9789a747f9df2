import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { TimeoutError } from '../errors/timeout-error.js';
import { isTlsSocket } from './is-tls-socket.js';

/** The time limits of one attempt, in milliseconds; 0 sets no limit. */
export interface DeadlineOptions {
  /** Until the connection stands, TLS included. */
  readonly connectMs: number;
  /**
   * Whether the time to connect counts from the request on, not from its socket: for an agent that
   * hands a socket over when it is connected. Else waiting for a free connection takes no time.
   */
  readonly connectsUnseen: boolean;
  /** Between two bytes read or written. */
  readonly readWriteMs: number;
  /** Whom we talk to, for the message. */
  readonly host: string;
  /** Called once, with the limit that ran out. */
  readonly onExpired: (error: TimeoutError) => void;
}

/**
 * Watches the time limits of one request. The read/write limit is the socket's own idle timer, which
 * every byte moved in either direction renews; it stands still while it is we who wait for the
 * caller (a slow pipe to upload, a reader that takes its time), for then the network is not at fault.
 */
export class SocketDeadlines {
  readonly #options: DeadlineOptions;
  #connectTimer: NodeJS.Timeout | undefined;
  #socket: Socket | undefined;
  #connected = false;
  #paused = false;
  #ended = false;

  constructor(request: ClientRequest, options: DeadlineOptions) {
    this.#options = options;
    if (options.connectsUnseen) this.#startConnectTimer();
    request.once('socket', (socket) => this.#watch(socket, request.reusedSocket));
  }

  /** The read/write limit stands still until {@link resume}. */
  pause(): void {
    this.#paused = true;
  }

  /** The read/write limit counts again, from now. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#renew();
  }

  /** Nothing can expire any more; the socket is as it was. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#connectTimer);
    this.#socket?.off('timeout', this.#onIdle);
    this.#socket?.off('connect', this.#onConnected);
    this.#socket?.off('secureConnect', this.#onConnected);
  }

  #watch(socket: Socket, reused: boolean): void {
    if (this.#ended) return;
    this.#socket = socket;
    socket.on('timeout', this.#onIdle);
    if (reused || isConnected(socket)) this.#onConnected();
    else {
      if (!this.#options.connectsUnseen) this.#startConnectTimer();
      socket.once(isTlsSocket(socket) ? 'secureConnect' : 'connect', this.#onConnected);
    }
  }

  #startConnectTimer(): void {
    const { connectMs } = this.#options;
    if (connectMs === 0) return;
    this.#connectTimer = setTimeout(() => this.#expire('connect', connectMs), connectMs);
  }

  readonly #onConnected = (): void => {
    clearTimeout(this.#connectTimer);
    this.#connected = true;
    this.#renew();
  };

  readonly #onIdle = (): void => {
    // Before the connection stands it is an agent's own timer that went off.
    if (this.#connected && !this.#paused) this.#expire('read-write', this.#options.readWriteMs);
  };

  #renew(): void {
    if (this.#connected && !this.#ended) this.#socket?.setTimeout(this.#options.readWriteMs);
  }

  #expire(phase: 'connect' | 'read-write', milliseconds: number): void {
    if (this.#ended) return;
    this.end();
    this.#options.onExpired(new TimeoutError(phase, this.#options.host, milliseconds));
  }
}

/** Whether a socket that an agent hands over is ready for use, TLS and all. */
function isConnected(socket: Socket): boolean {
  if (socket.connecting) return false;
  // Not in Node's documentation, yet the only thing that tells a handshake under way from one done.
  return !('secureConnecting' in socket) || socket.secureConnecting === false;
}
