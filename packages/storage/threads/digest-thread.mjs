/**
 * A thread that reckons digests of bodies, so that the event loop does not. `digest-threads.ts` starts
 * it and says what to do, in the messages of `digest-messages.mjs`.
 *
 * Plain JavaScript, for it runs as it stands from the sources and from what is built.
 */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { ANSWER, ORDER } from './digest-messages.mjs';

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
  if (order === ORDER.begin) {
    streams.set(stream, values[0] === 'md5' ? md5() : crc64());
    return;
  }
  const reckoning = streams.get(stream);
  if (reckoning === undefined) return;
  if (order === ORDER.update) {
    const [piece, bytes] = values;
    reckoning.update(bytes);
    port.postMessage([ANSWER.taken, stream, piece]);
    return;
  }
  streams.delete(stream);
  if (order === ORDER.finish) {
    port.postMessage([ANSWER.done, stream, reckoning.finish().toUpperCase()]);
  } else if (order !== ORDER.abandon) throw new Error(`unknown order ${order}`);
});
