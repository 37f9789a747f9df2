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
import { parentPort, workerData } from 'node:worker_threads';

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
 */

/** @type {Map<number, Reckoning>} */
const streams = new Map();

/** @type {import('@openoss/protocol').Crc64Program} */
const { module, windowAt, windowBytes } = workerData;
const { memory, fold } = new WebAssembly.Instance(module).exports;
const window = new Uint8Array(memory.buffer);

/** @returns {Reckoning} */
function md5() {
  const hash = createHash('md5');
  return {
    update: (bytes) => void hash.update(bytes),
    finish: () => hash.digest('hex'),
  };
}

/** As in `crc64-engine.ts` of the protocol. @returns {Reckoning} */
function crc64() {
  let register = -1n;
  return {
    update(bytes) {
      const at = windowAt + (bytes.byteOffset & 7);
      for (let done = 0; done < bytes.length; done += windowBytes) {
        const piece = bytes.subarray(done, done + windowBytes);
        window.set(piece, at);
        register = fold(register, at, at + piece.length);
      }
    },
    finish: () => BigInt.asUintN(64, ~register).toString(16),
  };
}

const port = parentPort;
if (port === null) throw new Error('This is a thread of the storage engine, not a program');

port.on('message', (/** @type {any[]} */ [order, stream, ...values]) => {
  if (order === BEGIN) {
    streams.set(stream, values[0] === 'md5' ? md5() : crc64());
    return;
  }
  const reckoning = streams.get(stream);
  if (reckoning === undefined) return;
  if (order === UPDATE) {
    const [piece, bytes] = values;
    reckoning.update(bytes);
    port.postMessage([TAKEN, stream, piece]);
    return;
  }
  streams.delete(stream);
  if (order === FINISH) port.postMessage([DONE, stream, reckoning.finish().toUpperCase()]);
  else if (order !== ABANDON) throw new Error(`unknown order ${order}`);
});
