/**
 * A thread that reckons the MD5 of bodies, and seals and opens those that are encrypted, so that the event
 * loop does not. `body-threads.ts` starts it and says what to do, in the messages of `body-messages.mjs`.
 *
 * Plain JavaScript, for it runs as it stands from the sources and from what is built.
 */
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { ANSWER, ORDER } from './body-messages.mjs';
import { ChunkCipher } from './chunk-cipher.mjs';

class Body {
  #md5 = createHash('md5');
  #cipher;

  /** @param {import('./chunk-cipher.mjs').BodyKey | undefined} key */
  constructor(key) {
    this.#cipher = key && new ChunkCipher(key);
  }

  /**
   * Deals with one piece; returns how many bytes came of it.
   * @param {number} order
   * @param {Uint8Array} bytes
   * @param {number} length
   * @param {number} first
   * @param {boolean} isEnd
   */
  take(order, bytes, length, first, isEnd) {
    if (order === ORDER.digest) {
      this.#md5.update(bytes);
      return bytes.length;
    }
    if (this.#cipher === undefined) throw new Error('there is no key for this body');
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (order === ORDER.open) return this.#cipher.openAll(buffer, length, first, isEnd);
    this.#md5.update(buffer.subarray(0, length));
    return this.#cipher.sealAll(buffer, length, first, isEnd);
  }

  md5() {
    return this.#md5.digest('hex').toUpperCase();
  }
}

/** @type {Map<number, Body>} */
const bodies = new Map();

const port = parentPort;
if (port === null) throw new Error('This is a thread of the storage engine, not a program');

port.on('message', (/** @type {any[]} */ [order, number, ...values]) => {
  if (order === ORDER.begin) {
    bodies.set(number, new Body(values[0]));
    return;
  }
  const body = bodies.get(number);
  if (body === undefined) return;
  if (order === ORDER.digest || order === ORDER.seal || order === ORDER.open) {
    const [piece, bytes, length, first, isEnd] = values;
    const result = body.take(order, bytes, length, first, isEnd);
    port.postMessage([ANSWER.taken, number, piece, result]);
    return;
  }
  bodies.delete(number);
  if (order === ORDER.finish) port.postMessage([ANSWER.done, number, body.md5()]);
  else if (order !== ORDER.abandon) throw new Error(`unknown order ${order}`);
});
