import { connect } from 'node:net';
import { problemOfAnswer, readStrictAnswer, WireFault } from './strict-answers.mjs';
import { bytesOfRequest } from './wire-request.mjs';

/** @import { WireRequest } from './wire-request.mjs' */

/**
 * What is sent on one connection: requests that must each be answered, all at once and the
 * connection left open; then, perhaps, one of which nobody knows what a server makes of it, after
 * which the client ends its side.
 * @typedef {object} WireInput
 * @property {readonly WireRequest[]} sound
 * @property {WireRequest} [last]
 */

/**
 * @typedef {object} Conversation
 * @property {string | undefined} problem
 * @property {number} answers
 * @property {number} served how many of the sound requests were answered before the server ended the
 *   connection, as it may after any answer that says so
 * @property {ReadonlyMap<number, number>} statuses how often each
 */

/**
 * Sends an input, and holds everything that comes back against what a server may send.
 * @param {number} port
 * @param {WireInput} input
 * @param {number} patience milliseconds after which a server that neither answers nor closes hangs
 * @returns {Promise<Conversation>}
 */
export function converse(port, { sound, last }, patience) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    let received = Buffer.alloc(0);
    let at = 0;
    let served = 0;
    let answers = 0;
    let closes = false;
    let isLastSent = false;
    /** @type {Map<number, number>} */
    const statuses = new Map();

    /** @param {string} [problem] */
    const finish = (problem) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ problem, answers, served, statuses });
    };
    const timer = setTimeout(() => finish(`the server hangs: no end in ${patience} ms`), patience);
    const sendLast = () => {
      isLastSent = true;
      if (last === undefined) finish();
      else socket.end(bytesOfRequest(last));
    };
    /** @param {boolean} isEnd */
    const look = (isEnd) => {
      for (;;) {
        if (at === received.length && !isEnd) return;
        const method = sound[answers]?.method;
        const read = readStrictAnswer(received, at, method, isEnd);
        if (read === undefined) return;
        const { answer, next } = read;
        if (closes) throw new WireFault('an answer after one that says that it is the last');
        const problem = problemOfAnswer(answer);
        if (problem !== undefined) throw new WireFault(problem);
        at = next;
        answers++;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        closes = answer.closes;
        if (answers <= sound.length) served = answers;
        if (answers === sound.length && !closes && !isLastSent) sendLast();
        if (isEnd && at === received.length) return;
      }
    };
    /** @param {boolean} isEnd */
    const tryLook = (isEnd) => {
      try {
        look(isEnd);
      } catch (error) {
        if (!(error instanceof WireFault)) throw error;
        finish(error.message);
      }
    };
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      if (at < received.length) tryLook(true);
      if (answers < sound.length && !closes) {
        finish('the connection was closed without an answer, and without a word that it would be');
      } else finish();
    };
    socket.on('data', (chunk) => {
      received = received.length === at ? chunk : Buffer.concat([received.subarray(at), chunk]);
      at = 0;
      tryLook(false);
    });
    socket.on('end', over);
    socket.on('error', over);
    socket.on('close', over);
    if (sound.length === 0) sendLast();
    else socket.write(Buffer.concat(sound.map(bytesOfRequest)));
  });
}
