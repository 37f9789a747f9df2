import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { OssConnection } from '../kill-loop/oss-connection.mjs';
import { dial } from './dial.mjs';
import { BUCKET, signedHead } from './request-bytes.mjs';

/**
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/**
 * Where a connection is cut: after so many bytes of the request's head, of its body (with all of the
 * head), or of the answer (with all of the request).
 * @typedef {{ readonly of: 'head' | 'body' | 'answer', readonly bytes: number }} Place
 */

/**
 * A connection that is cut.
 * @typedef {object} Cut
 * @property {'PUT' | 'GET'} method
 * @property {number} size of the object, in bytes
 * @property {Place} place
 * @property {'FIN' | 'RST'} how
 * @property {string} key
 */

const KiB = 1024;

/** An object that stays with its record, one that is a blob, and one of several slabs. */
const SIZES = [4 * KiB, 300 * KiB, 2560 * KiB];

/** Milliseconds that the server is given to take in what came before the cut. */
const LONGEST_PAUSE = 15;

/** About what the head of an answer has. */
const ANSWER_HEAD_BYTES = 400;

/** Connections that are cut at a time. */
const LANES = 24;

/** Milliseconds after which a connection is not ended by the server any more. */
const PATIENCE = 20_000;

/**
 * Cuts the connection of puts and gets at every stage, in each way, and looks that nothing half is
 * kept. Returns how many were cut and what was wrong.
 * @param {number} port
 * @param {SeededRandom} random
 * @param {number} rounds
 * @returns {Promise<{ readonly cuts: number, readonly problems: string[] }>}
 */
export async function cutConnections(port, random, rounds) {
  /** @type {string[]} */
  const problems = [];
  const before = new OssConnection(port);
  for (const size of SIZES) {
    const body = bodyOf(size);
    const put = { method: 'PUT', bucket: BUCKET, key: readKey(size), body };
    const { status } = await before.send(put);
    if (status !== 200) problems.push(`an object to read cannot be put: ${status}`);
  }
  before.close();
  const cuts = random.shuffled(
    Array.from({ length: rounds }, (_, round) => allCuts(round, random)).flat(),
  );
  let next = 0;
  const lane = async () => {
    for (let cut = cuts[next++]; cut !== undefined; cut = cuts[next++]) {
      const problem = await perform(port, cut, random);
      if (problem !== undefined) problems.push(`${describe(cut)}: ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  // Another one: a server closes what has been idle for as long as the cuts may take.
  const connection = new OssConnection(port);
  for (const cut of cuts) {
    if (cut.method === 'GET') continue;
    const problem = await judgeStored(connection, cut);
    if (problem !== undefined) problems.push(`${describe(cut)}: ${problem}`);
  }
  for (const size of SIZES) {
    await connection.send({ method: 'DELETE', bucket: BUCKET, key: readKey(size) });
  }
  connection.close();
  return { cuts: cuts.length, problems };
}

/** @param {number} size */
const bodyOf = (size) => Buffer.alloc(size, `the body of ${size} bytes, `);

/** @param {number} size */
const readKey = (size) => `cut/read-${size}`;

/** @param {Cut} cut */
function describe({ method, size, place, how }) {
  return `${method} of ${size} bytes, cut after ${place.bytes} bytes of its ${place.of} with ${how}`;
}

/**
 * @param {number} round
 * @param {SeededRandom} random
 * @returns {Cut[]}
 */
function allCuts(round, random) {
  /** @type {Cut[]} */
  const cuts = [];
  for (const method of /** @type {const} */ (['PUT', 'GET'])) {
    for (const size of SIZES) {
      for (const how of /** @type {const} */ (['FIN', 'RST'])) {
        for (const place of placesOf(method, size, random)) {
          const key =
            method === 'GET' ? readKey(size) : `cut/${round}-${size}-${how}-${cuts.length}`;
          cuts.push({ method, size, place, how, key });
        }
      }
    }
  }
  return cuts;
}

/**
 * @param {'PUT' | 'GET'} method
 * @param {number} size
 * @param {SeededRandom} random
 * @returns {Place[]}
 */
function placesOf(method, size, random) {
  const inBody = [1, 64 * KiB - 1, 64 * KiB, 64 * KiB + 1, KiB * KiB, size - 1]
    .filter((bytes) => bytes < size)
    .concat(random.between(1, size));
  /** @type {Place[]} */
  const places = [
    { of: 'head', bytes: 0 },
    // In the request line, in the headers, between the head and what follows it.
    { of: 'head', bytes: random.between(1, 20) },
    { of: 'head', bytes: random.between(100, 300) },
    { of: 'body', bytes: 0 },
    // After its last byte, and in the head of its answer.
    { of: 'answer', bytes: 0 },
    { of: 'answer', bytes: 1 },
  ];
  for (const bytes of inBody) {
    if (method === 'PUT') places.push({ of: 'body', bytes });
    else places.push({ of: 'answer', bytes: ANSWER_HEAD_BYTES + bytes });
  }
  return places;
}

/** @param {Pick<Cut, 'method' | 'size' | 'key'>} cut */
function headOf({ method, size, key }) {
  return signedHead(method, key, method === 'PUT' ? { 'Content-Length': size } : {});
}

/**
 * @param {number} port
 * @param {Cut} cut
 * @param {SeededRandom} random
 * @returns {Promise<string | undefined>}
 */
async function perform(port, cut, random) {
  const { method, size, place, how } = cut;
  const head = headOf(cut);
  const body = method === 'PUT' ? bodyOf(size) : Buffer.alloc(0);
  const request = Buffer.concat([head, body]);
  const isWhole = place.of === 'answer';
  const sent = isWhole ? request.length : place.bytes + (place.of === 'body' ? head.length : 0);
  const socket = dial(port);
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  if (sent > 0) await new Promise((resolve) => socket.write(request.subarray(0, sent), resolve));
  if (isWhole && place.bytes > 0) {
    const problem = await takeIn(socket, place.bytes);
    if (problem !== undefined) return problem;
  } else if (random.chance(0.7)) {
    await delay(random.below(LONGEST_PAUSE));
  }
  if (how === 'RST') socket.resetAndDestroy();
  else socket.end();
  // What is still to come goes unread after RST, and must be ended by the server after FIN.
  socket.resume();
  socket.on('end', () => socket.destroy());
  const isClosed = await Promise.race([closed.then(() => true), delay(PATIENCE, false)]);
  socket.destroy();
  return isClosed ? undefined : 'the server did not end the connection';
}

/**
 * Takes in so many bytes of an answer.
 * @param {import('node:net').Socket} socket
 * @param {number} bytes
 * @returns {Promise<string | undefined>}
 */
function takeIn(socket, bytes) {
  return new Promise((resolve) => {
    let taken = 0;
    const late = setTimeout(() => resolve('there was no answer'), PATIENCE);
    const done = (/** @type {string | undefined} */ problem) => {
      clearTimeout(late);
      socket.off('data', onData).off('end', onEnd);
      socket.pause();
      resolve(problem);
    };
    const onData = (/** @type {Buffer} */ chunk) => {
      taken += chunk.length;
      if (taken >= bytes) done(undefined);
    };
    const onEnd = () => done('the answer was cut short');
    socket.on('data', onData).on('end', onEnd);
  });
}

/**
 * A put that was cut is there whole, or not at all; whole only where all of it had been sent.
 * @param {OssConnection} connection
 * @param {Cut} cut
 * @returns {Promise<string | undefined>}
 */
async function judgeStored(connection, { size, key, place }) {
  const { status, body } = await connection.send({ method: 'GET', bucket: BUCKET, key });
  if (status === 404) {
    const isAnswered = place.of === 'answer' && place.bytes > 0;
    return isAnswered ? 'it was answered, and is not there' : undefined;
  }
  if (status !== 200) return `it is answered with ${status}`;
  const deleted = await connection.send({ method: 'DELETE', bucket: BUCKET, key });
  if (deleted.status !== 204) return `it cannot be deleted: ${deleted.status}`;
  if (place.of !== 'answer') return 'it is there, and was never sent whole';
  return body.equals(bodyOf(size)) ? undefined : 'it is there with other bytes';
}
