import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** How much of what a client goes on sending after its answer is read and dropped. */
const DRAIN_BYTES = 64 * 1024 * 1024;
const DRAIN_MILLISECONDS = 3_000;

/**
 * Ends a connection whose client may still be sending, after the answer has been written. The client
 * is told at once that nothing more follows (FIN), but what it goes on sending is read and dropped,
 * up to the limits: closing under its hands makes its kernel drop the answer unread. `source` is the
 * request whose rest is to be dropped, or the socket itself where no parser reads it any more.
 */
export function lingeringClose(socket: Socket, source: Readable): void {
  let dropped = 0;
  const finish = () => {
    clearTimeout(timer);
    source.off('data', onData).off('end', finish).off('close', finish);
    socket.off('end', finish);
    socket.destroySoon();
  };
  const onData = (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > DRAIN_BYTES) finish();
  };
  const timer = setTimeout(finish, DRAIN_MILLISECONDS);
  const drain = () => {
    // A parser that has failed must not be fed what is dropped here.
    if (source === socket) socket.removeAllListeners('data');
    source.on('data', onData).on('end', finish).on('close', finish);
    source.resume();
    if (socket.readableEnded || socket.destroyed) finish();
  };
  source.on('error', () => {});
  socket.on('end', finish);
  // TLS has no half-closed connection that Node would let us read from.
  if (!('encrypted' in socket)) socket.end();
  if (source === socket && socket.isPaused()) {
    // A paused socket must begin to read again while its parser still has it: the parser's reads
    // pass the stream by, and the stream would wait for one that was stopped.
    socket.resume();
    process.nextTick(drain);
  } else drain();
}
