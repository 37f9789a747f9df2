/**
 * A thread that reckons digests of bodies, so that the event loop does not. `digest-threads.ts` starts
 * it and says what to do; both sides know these messages:
 *
 *     to it     [BEGIN, stream, algorithm]
 *               [UPDATE, stream, piece, bytes]       the next bytes, in shared memory
 *               [FINISH, stream]
 *               [ABANDON, stream]
 *     from it   [TAKEN, stream, piece]               those bytes are no longer needed
 *               [DONE, stream, digest]               in upper-case hexadecimal
 *
 * Plain JavaScript, for it runs as it stands from the sources and from what is built.
 */
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { createCRC64 } from 'hash-wasm';

const BEGIN = 0;
const UPDATE = 1;
const FINISH = 2;
const ABANDON = 3;
const TAKEN = 0;
const DONE = 1;

/**
 * @typedef {object} Reckoning
 * @property {(bytes: Uint8Array) => void} update
 * @property {() => string} finish in hexadecimal
 * @property {() => void} end whatever happened
 */

/** @type {Map<number, Reckoning>} */
const streams = new Map();

/** Instances of WebAssembly reckon one body at a time and are kept for the next. @type {import('hash-wasm').IHasher[]} */
const idle = [];
// Made before anything is asked for: messages are then obeyed in order, without waiting.
for (let count = 0; count < 4; count++) idle.push(await createCRC64());

/** @returns {Reckoning} */
function md5() {
  const hash = createHash('md5');
  return {
    update: (bytes) => void hash.update(bytes),
    finish: () => hash.digest('hex'),
    end() {},
  };
}

/** @param {import('hash-wasm').IHasher} hasher @returns {Reckoning} */
function crc64(hasher) {
  hasher.init();
  return {
    update: (bytes) => void hasher.update(bytes),
    finish: () => hasher.digest('hex'),
    end: () => void idle.push(hasher),
  };
}

const port = parentPort;
if (port === null) throw new Error('This is a thread of the storage engine, not a program');

/** Messages that came while an instance was being made. @type {any[]} */
const waiting = [];
let making = false;

port.on('message', (/** @type {any[]} */ message) => {
  waiting.push(message);
  if (!making) void obeyAll();
});

async function obeyAll() {
  for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
    const [order, stream] = message;
    if (order === BEGIN) {
      if (message[2] === 'md5') {
        streams.set(stream, md5());
        continue;
      }
      let hasher = idle.pop();
      if (hasher === undefined) {
        making = true;
        hasher = await createCRC64();
        making = false;
      }
      streams.set(stream, crc64(hasher));
      continue;
    }
    const reckoning = streams.get(stream);
    if (reckoning === undefined) continue;
    if (order === UPDATE) {
      const [, , piece, bytes] = message;
      reckoning.update(bytes);
      port?.postMessage([TAKEN, stream, piece]);
      continue;
    }
    streams.delete(stream);
    if (order === FINISH) port?.postMessage([DONE, stream, reckoning.finish().toUpperCase()]);
    else if (order !== ABANDON) throw new Error(`unknown order ${order}`);
    reckoning.end();
  }
}
