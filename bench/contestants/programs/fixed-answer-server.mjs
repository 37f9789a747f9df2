/**
 * The least that can answer: counts the bytes of a connection, whose requests all have the length of the
 * first, and answers each with the same bytes. What the load generator reaches against it is what the
 * load generator can do.
 */
import { createServer } from 'node:net';
import { announce } from './announce.mjs';

const CHUNK_BYTES = 1024 * 1024;
const HEAD_END = '\r\n\r\n';

const answerBytes = Number(process.argv[2] ?? 0);
const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${answerBytes}\r\n\r\n`);
const chunk = Buffer.alloc(Math.min(answerBytes, CHUNK_BYTES));

announce(
  createServer({ noDelay: true }, (socket) => {
    /** @type {number | undefined} */
    let requestBytes;
    let pending = 0;
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      requestBytes ??= lengthOf(bytes);
      pending += bytes.length;
      if (pending < requestBytes) return;
      pending -= requestBytes;
      socket.write(head);
      sendBody(socket, answerBytes);
    });
  }),
);

/** The generator sends a head in one piece. @param {Buffer} bytes */
function lengthOf(bytes) {
  const end = bytes.indexOf(HEAD_END);
  const [, length = '0'] = /content-length: (\d+)/.exec(bytes.toString('latin1', 0, end)) ?? [];
  return end + HEAD_END.length + Number(length);
}

/**
 * @param {import('node:net').Socket} socket
 * @param {number} left
 */
function sendBody(socket, left) {
  let rest = left;
  while (rest > 0) {
    const part = rest >= chunk.length ? chunk : chunk.subarray(0, rest);
    rest -= part.length;
    if (!socket.write(part) && rest > 0) {
      socket.once('drain', () => sendBody(socket, rest));
      return;
    }
  }
}
