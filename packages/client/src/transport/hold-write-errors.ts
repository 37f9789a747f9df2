import type { Socket } from 'node:net';

/**
 * How long a failed write is kept back, in milliseconds. A connection that is truly gone says so to
 * the reader too, at once; this bounds the wait for one that has gone quiet.
 */
const HOLD_MS = 1000;

type WriteCallback = (error?: Error | null) => void;

const held = new WeakSet<Socket>();

/**
 * Lets a socket be read a while after a write on it has failed.
 *
 * A server that refuses an upload answers, and may close while we still send. The next write then
 * fails, and Node.js tears the socket down with the answer unread: the caller would see EPIPE where
 * the service said 403 (measured.md, early refusal). So a failed write reports only after a delay,
 * and reading goes on meanwhile. `_write` and `_writev` are what `stream.Writable` documents for
 * implementers; a socket is wrapped once, however many requests it serves.
 */
export function holdWriteErrors(socket: Socket): void {
  if (held.has(socket)) return;
  held.add(socket);
  const hold =
    (callback: WriteCallback): WriteCallback =>
    (error) => {
      if (!socket.destroyed && saysClosed(error)) setTimeout(callback, HOLD_MS, error).unref();
      else callback(error);
    };
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, callback) => write(chunk, encoding, hold(callback));
  if (socket._writev === undefined) return;
  const writev = socket._writev.bind(socket);
  socket._writev = (chunks, callback) => writev(chunks, hold(callback));
}

/** Whether a write failed because the other end has closed; a failure of TLS tells by itself. */
function saysClosed(error: Error | null | undefined): boolean {
  return error instanceof Error && 'code' in error && CLOSED.has(error.code);
}

const CLOSED: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET']);
