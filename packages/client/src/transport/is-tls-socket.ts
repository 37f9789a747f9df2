import type { TLSSocket } from 'node:tls';

/** Whether a connection is one of TLS, told without loading TLS: only its sockets have `encrypted`. */
export function isTlsSocket(socket: unknown): socket is TLSSocket {
  return typeof socket === 'object' && socket !== null && 'encrypted' in socket;
}
