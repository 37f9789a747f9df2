/**
 * The messages between the event loop (`body-threads.ts`) and a thread that digests, seals and opens
 * bodies (`body-thread.mjs`). Each begins with its kind and the number of the body it is about; pieces are
 * in shared memory:
 *
 *     to the thread   [ORDER.begin, body, key]              with a key, where the body is sealed
 *                     [ORDER.digest, body, piece, bytes]    takes the next bytes into the MD5
 *                     [ORDER.seal, body, piece, buffer, plainBytes, first, isEnd]
 *                                                           the same, and seals them as ChunkCipher does
 *                     [ORDER.open, body, piece, buffer, sealedBytes, first, isEnd]
 *                     [ORDER.finish, body]
 *                     [ORDER.abandon, body]
 *     from it         [ANSWER.taken, body, piece, result]   done with the piece; how many bytes came of it
 *                     [ANSWER.done, body, md5]              in upper-case hexadecimal
 *
 * Plain JavaScript, as the thread is: it runs as it stands from the sources and from what is built.
 */

export const ORDER = /** @type {const} */ ({
  begin: 0,
  digest: 1,
  seal: 2,
  open: 3,
  finish: 4,
  abandon: 5,
});

export const ANSWER = /** @type {const} */ ({ taken: 0, done: 1 });
