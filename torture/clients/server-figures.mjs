import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { get } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What a server holds.
 * @typedef {object} ServerFigures
 * @property {number} rss resident bytes
 * @property {number} inUse bytes of its heap and beside it, garbage included
 * @property {number} descriptors
 * @property {number} blobs open files of objects
 * @property {number} connections
 * @property {number} inFlight
 * @property {number} transferBytes
 * @property {number} shed requests refused with 503, so far
 * @property {number} refused connections that were too many, so far
 * @property {number} slow clients given up, so far
 */

/** How long a signal takes to arrive, in milliseconds; the answer for metrics waits for the rest. */
const COLLECTION_MS = 30;

/** Whether a process's memory and descriptors can be looked at here. */
export const CAN_LOOK = process.platform === 'linux';

/**
 * @param {{ readonly pid: number, readonly admin: string }} server
 * @returns {Promise<ServerFigures>}
 */
export async function figuresOf({ pid, admin }) {
  const rss = residentBytes(pid);
  const files = openFiles(pid);
  const text = await textAt(`${admin}/metrics`);
  /** @param {string} name */
  const value = (name) => {
    let sum = 0;
    for (const [, number] of text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))) {
      sum += Number(number);
    }
    return sum;
  };
  return {
    rss,
    inUse: value('nodejs_heap_size_used_bytes') + value('nodejs_external_memory_bytes'),
    descriptors: files.length,
    blobs: files.filter((file) => file.includes('/blobs/')).length,
    connections: value('openoss_connections_open'),
    inFlight: value('openoss_requests_in_flight'),
    transferBytes: value('openoss_transfer_buffer_bytes'),
    shed: value('openoss_requests_shed_total'),
    refused: value('openoss_connections_refused_total'),
    slow: value('openoss_slow_clients_total'),
  };
}

/**
 * By a connection of its own: one that is kept may be closed by the server as it is used again.
 * @param {string} url
 * @returns {Promise<string>}
 */
function textAt(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => textOf(answer).then(resolve, reject)).on(
      'error',
      reject,
    );
  });
}

/**
 * The figures of a server that has collected its garbage; it must have been started with
 * `collect-when-asked.mjs`.
 * @param {{ readonly pid: number, readonly admin: string }} server
 */
export async function figuresAfterCollection(server) {
  process.kill(server.pid, 'SIGUSR2');
  await delay(COLLECTION_MS);
  return figuresOf(server);
}

/** @param {number} pid */
export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}

/**
 * What a process's descriptors are open on.
 * @param {number} pid
 */
export function openFiles(pid) {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

/** How many descriptors this process, and those it starts, may have. */
export function descriptorLimit() {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
}
