/**
 * A thread that reckons the MD5 of bodies, so that the event loop does not. `digest-threads.ts` starts
 * it and says what to do, in the messages of `digest-messages.mjs`.
 *
 * Plain JavaScript, for it runs as it stands from the sources and from what is built.
 */
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { ANSWER, ORDER } from './digest-messages.mjs';

/** @type {Map<number, import('node:crypto').Hash>} */
const bodies = new Map();

const port = parentPort;
if (port === null) throw new Error('This is a thread of the storage engine, not a program');

port.on('message', (/** @type {any[]} */ [order, body, ...values]) => {
  if (order === ORDER.begin) {
    bodies.set(body, createHash('md5'));
    return;
  }
  const md5 = bodies.get(body);
  if (md5 === undefined) return;
  if (order === ORDER.update) {
    const [piece, bytes] = values;
    md5.update(bytes);
    port.postMessage([ANSWER.taken, body, piece]);
    return;
  }
  bodies.delete(body);
  if (order === ORDER.finish) {
    port.postMessage([ANSWER.done, body, md5.digest('hex').toUpperCase()]);
  } else if (order !== ORDER.abandon) throw new Error(`unknown order ${order}`);
});
