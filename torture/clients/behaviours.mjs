import { setTimeout as delay } from 'node:timers/promises';
import { signedHead } from './request-bytes.mjs';

/**
 * @import { Socket } from 'node:net'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/** The object that readers ask for. */
export const LARGE_KEY = 'large';

const MiB = 1024 * 1024;

/**
 * One client of a crowd: a connection that is there, and what it does to the server.
 * @typedef {(socket: Socket, number: number, random: SeededRandom) => void | Promise<void>} Behave
 */

/**
 * How the clients of a crowd misbehave.
 * @typedef {object} Behaviour
 * @property {Behave} behave
 * @property {RegExp} [answer] what the status and code of the answer may be, where there is to be one
 * @property {boolean} [isDeaf] they read nothing, and so learn of nothing
 * @property {boolean} [isChurn] they come and go: another takes the place of one that has gone
 */

const unsigned = 'Host: 127.0.0.1\r\n';
const tiny = Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(8000));

/** @type {Readonly<Record<string, Behaviour>>} */
export const BEHAVIOURS = {
  idle: { behave: () => {} },

  'dripping heads': {
    async behave(socket, number) {
      await drip(socket, signedHead('GET', `${LARGE_KEY}/${number}`), 300);
    },
    answer: /^400 RequestTimeout$/,
  },

  'stalled uploads': {
    behave(socket, number, random) {
      const head = signedHead('PUT', `stalled/${number}`, { 'Content-Length': 10 * MiB });
      // Some send nothing of the body, some part of it.
      const part = random.chance(0.3) ? 0 : random.below(1.5 * MiB);
      socket.write(Buffer.concat([head, Buffer.alloc(part, 'x')]));
    },
    answer: /^400 RequestTimeout$/,
  },

  'dripping bodies': {
    async behave(socket, number, random) {
      const length = random.chance(0.5) ? 5000 : 5 * MiB;
      socket.write(signedHead('PUT', `dripping/${number}`, { 'Content-Length': length }));
      await drip(socket, Buffer.alloc(length, 'x'), 100);
    },
    answer: /^400 RequestTimeout$/,
  },

  'readers that take nothing': {
    behave(socket) {
      socket.write(signedHead('GET', LARGE_KEY));
    },
    isDeaf: true,
  },

  'bodies cut short by half a close': {
    behave(socket, number, random) {
      const length = random.chance(0.5) ? 4096 : MiB;
      const head = signedHead('PUT', `short/${number}`, { 'Content-Length': length });
      socket.end(Buffer.concat([head, Buffer.alloc(random.below(length), 'x')]));
    },
    // A server in a hurry that is busy may find that it waited too long before it finds the end.
    answer: /^400 (?:IncompleteBody|RequestTimeout)$/,
  },

  'bodies longer than declared': {
    behave(socket, number, random) {
      const head = signedHead('PUT', `long/${number % 20}`, { 'Content-Length': 4096 });
      const surplus = random.chance(0.5) ? 1 : 300_000;
      socket.write(Buffer.concat([head, Buffer.alloc(4096 + surplus, 'x')]));
    },
    answer: /^200 $/,
  },

  'headers of every size': {
    behave(socket, number) {
      const fill = 'v'.repeat((number * 1013) % 70_000);
      socket.write(`GET / HTTP/1.1\r\n${unsigned}Connection: close\r\nx: ${fill}\r\n\r\n`);
    },
    answer: /^(?:403 AccessDenied|400 RequestHeaderTooLarge)$/,
  },

  'many small headers': {
    behave(socket, number) {
      const lines = `a${number}:\r\n`.repeat(number % 9000);
      socket.write(`GET / HTTP/1.1\r\n${unsigned}Connection: close\r\n${lines}\r\n`);
    },
    answer: /^(?:403 AccessDenied|400 RequestHeaderTooLarge)$/,
  },

  'pipelining as fast as they can': {
    behave: (socket) => pour(socket, tiny),
    isChurn: true,
  },

  'pipelining signed requests': {
    behave(socket) {
      const requests = Array.from({ length: 200 }, (_, at) =>
        at % 2 === 0
          ? Buffer.concat([
              signedHead('PUT', `pipelined/${at}`, { 'Content-Length': 100 }),
              Buffer.alloc(100, 'x'),
            ])
          : signedHead('GET', `pipelined/${at - 1}`),
      );
      pour(socket, Buffer.concat(requests));
    },
    isChurn: true,
  },

  'coming and going': {
    behave(socket, number) {
      if (number % 3 === 0) socket.resetAndDestroy();
      else if (number % 3 === 1) socket.destroy();
      else socket.end('GET / HTTP/1.1\r\n');
    },
    isChurn: true,
  },
};

/**
 * Sends bytes one at a time.
 * @param {Socket} socket
 * @param {Buffer} bytes
 * @param {number} pause milliseconds
 */
async function drip(socket, bytes, pause) {
  for (let at = 0; at < bytes.length && socket.writable; at++) {
    socket.write(bytes.subarray(at, at + 1));
    await delay(pause);
  }
}

/**
 * Sends bytes again and again, as fast as they are taken, and reads the answers.
 * @param {Socket} socket
 * @param {Buffer} bytes
 */
function pour(socket, bytes) {
  const more = () => {
    while (socket.writable && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}
