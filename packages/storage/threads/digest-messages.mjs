/**
 * The messages between the event loop (`digest-threads.ts`) and a thread that reckons MD5
 * (`digest-thread.mjs`). Each begins with its kind and the number of the body it is about:
 *
 *     to the thread   [ORDER.begin, body]
 *                     [ORDER.update, body, piece, bytes]    the next bytes, in shared memory
 *                     [ORDER.finish, body]
 *                     [ORDER.abandon, body]
 *     from it         [ANSWER.taken, body, piece]           those bytes are no longer needed
 *                     [ANSWER.done, body, md5]              in upper-case hexadecimal
 *
 * Plain JavaScript, as the thread is: it runs as it stands from the sources and from what is built.
 */

export const ORDER = /** @type {const} */ ({ begin: 0, update: 1, finish: 2, abandon: 3 });

export const ANSWER = /** @type {const} */ ({ taken: 0, done: 1 });
