import type { Socket } from 'node:net';

/**
 * The addresses of clients, by connection, as they were when it began: a socket that was reset does not tell
 * it any more, and what policies say of addresses must hold for its requests too.
 */
export class PeerAddresses {
  readonly #known = new WeakMap<Socket, string>();

  /** Notes whom a new connection comes from; one that has been reset already is dropped. */
  note(socket: Socket): void {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) socket.destroy();
    else this.#known.set(socket, remoteAddress);
  }

  of(socket: Socket): string | undefined {
    return this.#known.get(socket);
  }
}

/** IPv4 as sockets that listen for both kinds of addresses show it. */
const MAPPED = '::ffff:';

/** The address of a client as people and policies write it. */
export function withoutMapping(address: string | undefined): string | undefined {
  return address?.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
