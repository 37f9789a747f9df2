import type { Socket } from 'node:net';

/**
 * The open connections of a server, so many and no more: one that is too many takes the place of the one for
 * which nothing has been done the longest, so that who only holds connections open shuts nobody out. Over TLS a
 * connection is known as both sockets, the one that was accepted and the one that speaks.
 */
export class OpenConnections {
  readonly #most: number;
  readonly #open = new Map<string, Socket>();
  /** Those without a call that is being served; the longest in this state stand first. */
  readonly #idle = new Map<string, Socket>();
  /** Where a connection comes from, which no other that is open does. */
  readonly #names = new WeakMap<Socket, string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** A connection was accepted. */
  accepted(socket: Socket): void {
    const name = nameOf(socket);
    this.#names.set(socket, name);
    this.#open.set(name, socket);
    this.#idle.set(name, socket);
    socket.once('close', () => this.#forget(name, socket));
    if (this.#open.size <= this.#most) return;
    // Where all others are busy it is the new one.
    for (const [longest, idle] of this.#idle) {
      this.#forget(longest, idle);
      idle.destroy();
      return;
    }
  }

  /** TLS was agreed upon: the same connection goes by this socket from now on. */
  secured(socket: Socket): void {
    this.#names.set(socket, nameOf(socket));
  }

  /** Something has come on it, or was answered: it has not been idle for long. */
  used(socket: Socket): void {
    const name = this.#names.get(socket) ?? '';
    const accepted = this.#open.get(name);
    this.#idle.delete(name);
    if (accepted !== undefined) this.#idle.set(name, accepted);
  }

  /** A call has come in whole, and is being served: it is kept until {@link used} says that it is answered. */
  busy(socket: Socket): void {
    this.#idle.delete(this.#names.get(socket) ?? '');
  }

  #forget(name: string, socket: Socket): void {
    if (this.#open.get(name) !== socket) return;
    this.#open.delete(name);
    this.#idle.delete(name);
  }
}

const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
