import { connect } from 'node:net';

/** Loopback addresses that connections are made from: each has its own ports. */
const ADDRESSES = 50;

let dialled = 0;

/**
 * Connects to a server on loopback; errors are kept quiet, for they are what is looked for.
 * @param {number} port
 */
export function dial(port) {
  // Only Linux has all of 127.0.0.0/8.
  const from =
    process.platform === 'linux' ? { localAddress: `127.0.0.${2 + (dialled % ADDRESSES)}` } : {};
  dialled += 1;
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true, ...from });
  socket.on('error', () => {});
  return socket;
}
