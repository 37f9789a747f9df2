import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionLost, OssConnection } from '../kill-loop/oss-connection.mjs';
import { ServerProcess } from '../kill-loop/server-process.mjs';
import { dial } from './dial.mjs';
import { BUCKET } from './request-bytes.mjs';
import { figuresOf, openFiles } from './server-figures.mjs';

/**
 * @import { OssRequest } from '../kill-loop/oss-connection.mjs'
 */

/** How many files and sockets the server may have open. */
const DESCRIPTORS = 256;

/** How many connections are thrown at it. */
const STORM = 600;

/** Bytes of an object that is a blob, and so needs a descriptor. */
const SIZE = 200_000;

/**
 * Throws more connections at a server than it may have descriptors: whoever is connected already puts
 * and gets large objects all the while, and when the storm is over everybody can connect again.
 * @param {string} directory
 * @param {'as-it-is' | 'told-too-much'} limits whether it keeps to the limits that fit, or is told
 *   ones with which its descriptors do run out: it may refuse then, and lives on
 * @returns {Promise<{ readonly puts: number, readonly problems: string[] }>}
 */
export async function fewDescriptors(directory, limits) {
  /** @type {string[]} */
  const problems = [];
  const flags =
    limits === 'told-too-much' ? ['--max-connections', '5000', '--max-requests', '5000'] : [];
  const settings = { hasAdmin: true, descriptors: DESCRIPTORS, flags };
  const server = new ServerProcess(directory, settings);
  let puts = 0;
  try {
    const port = (await server.ready()) ?? 0;
    let connection = new OssConnection(port);
    await connection.send({ method: 'PUT', bucket: BUCKET });
    // The connection that metrics are asked on, before there is none to be had.
    const before = await figuresOf(server);
    const storm = Array.from({ length: STORM }, () => dial(port));
    const body = Buffer.alloc(SIZE, 'a blob, ');
    let most = 0;
    for (let round = 0; round < 12; round++) {
      const key = `blob-${round}`;
      const put = await sendOrLose(connection, { method: 'PUT', bucket: BUCKET, key, body });
      const got = await sendOrLose(connection, { method: 'GET', bucket: BUCKET, key });
      most = Math.max(most, openFiles(server.pid).length);
      if (limits === 'as-it-is') {
        if (put?.status !== 200) problems.push(`a put in the storm is answered ${put?.status}`);
        else if (!got?.body.equals(body)) problems.push(`a get in the storm: ${got?.status}`);
        else puts++;
      } else if (put?.status === 200) puts++;
      else if (put !== undefined && put.status !== 503) {
        problems.push(`a put without descriptors is answered ${put.status}`);
      }
      // A refused upload ends its connection, and another may not be had just now.
      if (put === undefined || got === undefined) connection = new OssConnection(port);
      await delay(50);
    }
    if (most < DESCRIPTORS / 2) problems.push(`the storm took only ${most} descriptors`);
    for (const socket of storm) socket.destroy();
    const isRecovered = await recovers(port);
    if (!isRecovered) problems.push('after the storm a new connection is not served');
    const after = await eventually(async () => {
      const figures = await figuresOf(server);
      return figures.connections <= before.connections + 1 ? figures : undefined;
    });
    if (after === undefined) problems.push('connections of the storm stay open');
    connection.close();
  } finally {
    problems.push(...(await server.end('SIGTERM')));
  }
  return { puts, problems };
}

/**
 * The answer, or undefined where the connection was lost.
 * @param {OssConnection} connection
 * @param {OssRequest} request
 */
async function sendOrLose(connection, request) {
  try {
    return await connection.send(request);
  } catch (error) {
    if (error instanceof ConnectionLost) return undefined;
    throw error;
  }
}

/** @param {number} port */
async function recovers(port) {
  const served = await eventually(async () => {
    const connection = new OssConnection(port);
    try {
      const get = { method: 'GET', bucket: BUCKET, key: 'blob-0' };
      const { status } = await connection.send(get);
      return status === 200 || status === 404 ? true : undefined;
    } catch {
      return undefined;
    } finally {
      connection.close();
    }
  });
  return served === true;
}

/**
 * @template T
 * @param {() => Promise<T | undefined>} look
 */
async function eventually(look) {
  for (let waited = 0; waited < 10_000; waited += 100) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(100);
  }
  return undefined;
}
