/**
 * @import { CrowdOrder } from './crowd-process.mjs'
 */

/**
 * Crowds that are there at the same time.
 * @typedef {object} Phase
 * @property {string} name
 * @property {readonly CrowdOrder[]} crowds
 * @property {number} [lasts] milliseconds; without it, until the server has given everybody up
 * @property {number} memory how many bytes the server's memory may grow by
 * @property {number} slowest milliseconds that a well-behaved client's slowest hundredth may take: the
 *   crowd, the server and the client share the processors
 */

const KiB = 1024;
const MiB = 1024 * KiB;

/** What a server's memory grows by in any work: its heap, not collected yet. */
const WORK = 128 * MiB;

/** What the server was told that the buffers of large transfers may take (`--transfer-mib`). */
const TRANSFERS = 64 * MiB;

/** What an idle connection may cost, and one with a transfer that makes do with small buffers. */
const CONNECTION = 24 * KiB;
const TRANSFER = 320 * KiB;

/**
 * The phases of the short form, or of the full one.
 * @param {boolean} full
 * @returns {Phase[]}
 */
export function phasesOf(full) {
  const times = full ? 1 : 0.2;
  const crowd = (/** @type {string} */ kind, /** @type {number} */ count) => ({
    kind,
    count: Math.round(count * times),
  });
  const idle = { kind: 'idle', count: 10_000 };
  const transfers = Math.round(2000 * times);
  const slowest = 500;
  // Each of these always has a request to be served: a client gets its share of what there is.
  const share = full ? 5_000 : 2_000;
  const seconds = full ? 15_000 : 3_000;
  return [
    {
      name: 'heads',
      crowds: [
        idle,
        crowd('dripping heads', 500),
        crowd('headers of every size', 1000),
        crowd('many small headers', 1000),
      ],
      memory: WORK + 12_500 * CONNECTION,
      slowest,
    },
    {
      name: 'uploads',
      crowds: [
        crowd('stalled uploads', 2000),
        crowd('dripping bodies', 500),
        crowd('bodies cut short by half a close', 500),
        crowd('bodies longer than declared', 500),
      ],
      memory: WORK + TRANSFERS + transfers * TRANSFER,
      slowest,
    },
    {
      name: 'readers',
      crowds: [{ kind: 'readers that take nothing', count: transfers }],
      memory: WORK + TRANSFERS + transfers * TRANSFER,
      slowest,
    },
    {
      name: 'pipelining',
      crowds: [crowd('pipelining as fast as they can', 500)],
      lasts: seconds,
      memory: WORK + 128 * MiB,
      slowest: share,
    },
    {
      name: 'signed pipelining',
      crowds: [crowd('pipelining signed requests', 500)],
      lasts: seconds,
      memory: WORK + 128 * MiB,
      slowest: share,
    },
    {
      name: 'coming and going',
      crowds: [crowd('coming and going', 1000)],
      lasts: seconds,
      memory: WORK,
      slowest,
    },
  ];
}
