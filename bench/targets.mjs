/** @module What OpenOSS has to reach, as ratios within one run, and whether it did. */
import { connectionsName, sizeName } from './sizes.mjs';
import { pairRatios, summarize } from './statistics.mjs';
import { BARE_NODE, OSSUTIL_PUT, START_CELL, START_TABLE } from './workloads/command-line.mjs';
import { AES256, ENCRYPTION_TABLE, encryptionCell, PLAIN } from './workloads/encryption.mjs';
import {
  GET_LARGE_TABLE,
  GET_SMALL_CELL,
  GET_SMALL_TABLE,
  getLargeCell,
} from './workloads/get.mjs';
import { LIST_TABLE, listCell } from './workloads/list.mjs';
import { MEMORY_TABLE, memoryCell, OSSUTIL_TRANSFER } from './workloads/memory.mjs';
import {
  ACCOUNT,
  PERMISSIONS_CELL,
  PERMISSIONS_TABLE,
  RAM_USER,
} from './workloads/permissions.mjs';
import { PUT_LARGE_TABLE, putLargeCell } from './workloads/put-large.mjs';
import { smallPutTable } from './workloads/put-small.mjs';
import { busyCell, IDLE_CELL, RESPONSIVENESS_TABLE } from './workloads/responsiveness.mjs';

const KiB = 1024;
const MiB = 1024 * KiB;
const OPENOSS = 'openoss';

/**
 * @typedef {object} Target
 * @property {string} text
 * @property {'at least' | 'at most'} bound
 * @property {number} value
 * @property {'ratio' | 'milliseconds' | 'mebibytes'} quantity
 * @property {(found: import('./measurements.mjs').Measurements) => readonly number[]} measured one
 *   figure a round; none where it was not measured
 */

/**
 * @typedef {object} Judged
 * @property {string} text
 * @property {'at least' | 'at most'} bound
 * @property {number} value
 * @property {Target['quantity']} quantity
 * @property {import('./statistics.mjs').Summary | undefined} measured undefined where it was not
 * @property {boolean | undefined} met by the median; undefined where it was not measured
 */

/**
 * The targets, said with the sizes that a run has: a quick one transfers less than they are meant for.
 *
 * @param {import('./options.mjs').Extent} extent
 * @returns {readonly Target[]}
 */
export function targetsOf({ largeBytes, memoryBytes, listKeys }) {
  const put4 = smallPutTable(4 * KiB, 'new');
  const at64 = connectionsName(64);
  const at256 = connectionsName(256);
  const large = sizeName(largeBytes);
  const [fewKeys = 0, manyKeys = 0] = listKeys;
  const memoryCeiling =
    (/** @type {'PUT' | 'GET'} */ method, /** @type {string} */ who) =>
    (/** @type {import('./measurements.mjs').Measurements} */ found) => [
      ...found.figures(MEMORY_TABLE, memoryCell(method, memoryBytes), who, 'aboveIdle').values(),
    ];
  return [
    {
      text: 'durable signed PUT 4 KiB ×64 ÷ bare node:http',
      bound: 'at least',
      value: 0.2,
      quantity: 'ratio',
      measured: (found) => found.ratios(put4, at64, OPENOSS, 'bare-http', 'perSecond'),
    },
    {
      text: 'the same, the prize',
      bound: 'at least',
      value: 0.3,
      quantity: 'ratio',
      measured: (found) => found.ratios(put4, at64, OPENOSS, 'bare-http', 'perSecond'),
    },
    {
      text: 'PUT 4 KiB ×64 ÷ s3rver',
      bound: 'at least',
      value: 3,
      quantity: 'ratio',
      measured: (found) => found.ratios(put4, at64, OPENOSS, 's3rver', 'perSecond'),
    },
    {
      text: 'PUT 4 KiB ×64 ÷ Ceph RGW',
      bound: 'at least',
      value: 10,
      quantity: 'ratio',
      measured: (found) =>
        found.ratios(smallPutTable(4 * KiB, 'ceph'), at64, OPENOSS, 'radosgw', 'perSecond'),
    },
    {
      text: 'p99/p50 of PUT 4 KiB ×64 ÷ that of bare node:http',
      bound: 'at most',
      value: 1,
      quantity: 'ratio',
      measured: (found) => found.ratios(put4, at64, OPENOSS, 'bare-http', 'tail'),
    },
    {
      text: 'PUT 4 KiB ×256 ÷ ×64',
      bound: 'at least',
      value: 1,
      quantity: 'ratio',
      measured: (found) =>
        pairRatios(
          found.figures(put4, at256, OPENOSS, 'perSecond'),
          found.figures(put4, at64, OPENOSS, 'perSecond'),
        ),
    },
    {
      text: 'CPU of a PUT 4 KiB ×64 by a RAM user with 10 + 10 statements ÷ by the account',
      bound: 'at most',
      value: 1.1,
      quantity: 'ratio',
      measured: (found) =>
        found.ratios(PERMISSIONS_TABLE, PERMISSIONS_CELL, RAM_USER, ACCOUNT, 'cpuMicros'),
    },
    {
      text: `PUT ${large} ÷ plain Node writer, same flush pattern`,
      bound: 'at least',
      value: 0.85,
      quantity: 'ratio',
      measured: (found) =>
        found.ratios(
          PUT_LARGE_TABLE,
          putLargeCell(largeBytes),
          OPENOSS,
          'plain-writer',
          'bytesPerSecond',
        ),
    },
    {
      text: `event-loop delay p99 during a PUT of ${large}`,
      bound: 'at most',
      value: 10,
      quantity: 'milliseconds',
      measured: (found) => [
        ...found.figures(RESPONSIVENESS_TABLE, busyCell(largeBytes), OPENOSS, 'loopP99').values(),
      ],
    },
    {
      text: `a second client's GET 4 KiB p99 during it ÷ idle`,
      bound: 'at most',
      value: 3,
      quantity: 'ratio',
      measured: (found) =>
        pairRatios(
          found.figures(RESPONSIVENESS_TABLE, busyCell(largeBytes), OPENOSS, 'p99'),
          found.figures(RESPONSIVENESS_TABLE, IDLE_CELL, OPENOSS, 'p99'),
        ),
    },
    {
      text: `verified GET ${large} ÷ nginx`,
      bound: 'at least',
      value: 0.7,
      quantity: 'ratio',
      measured: (found) =>
        found.ratios(GET_LARGE_TABLE, getLargeCell(largeBytes), OPENOSS, 'nginx', 'bytesPerSecond'),
    },
    .../** @type {const} */ (['PUT', 'GET']).map((method) => ({
      text: `${method} ${large} encrypted with AES256 ÷ plain`,
      bound: /** @type {const} */ ('at least'),
      value: 0.6,
      quantity: /** @type {const} */ ('ratio'),
      measured: (/** @type {import('./measurements.mjs').Measurements} */ found) =>
        found.ratios(
          ENCRYPTION_TABLE,
          encryptionCell(method, largeBytes),
          AES256,
          PLAIN,
          'bytesPerSecond',
        ),
    })),
    {
      text: 'signed GET 4 KiB ×64 ÷ nginx',
      bound: 'at least',
      value: 0.35,
      quantity: 'ratio',
      measured: (found) =>
        found.ratios(GET_SMALL_TABLE, GET_SMALL_CELL, OPENOSS, 'nginx', 'perSecond'),
    },
    {
      text: `time to list 1,000 of ${listCell(manyKeys)} ÷ of ${listCell(fewKeys)}`,
      bound: 'at most',
      value: 1.5,
      quantity: 'ratio',
      measured: (found) =>
        pairRatios(
          found.figures(LIST_TABLE, listCell(manyKeys), OPENOSS, 'p50'),
          found.figures(LIST_TABLE, listCell(fewKeys), OPENOSS, 'p50'),
        ),
    },
    .../** @type {const} */ (['PUT', 'GET']).flatMap((method) => [
      {
        text: `server's memory above idle, ${memoryCell(method, memoryBytes)}`,
        bound: /** @type {const} */ ('at most'),
        value: 80 * MiB,
        quantity: /** @type {const} */ ('mebibytes'),
        measured: memoryCeiling(method, OPENOSS),
      },
      {
        text: `ossutil's memory above a small object's, ${memoryCell(method, memoryBytes)}`,
        bound: /** @type {const} */ ('at most'),
        value: 64 * MiB,
        quantity: /** @type {const} */ ('mebibytes'),
        measured: memoryCeiling(method, OSSUTIL_TRANSFER),
      },
    ]),
    {
      text: 'ossutil api put-object, whole process ÷ bare node',
      bound: 'at most',
      value: 1.6,
      quantity: 'ratio',
      measured: (found) =>
        found.ratios(START_TABLE, START_CELL, OSSUTIL_PUT, BARE_NODE, 'milliseconds'),
    },
  ];
}

/**
 * Judges each target by the median over the rounds.
 *
 * @param {readonly Target[]} targets
 * @param {import('./measurements.mjs').Measurements} found
 * @returns {Judged[]}
 */
export function judge(targets, found) {
  return targets.map(({ text, bound, value, quantity, measured }) => {
    const figures = measured(found);
    if (figures.length === 0) {
      return { text, bound, value, quantity, measured: undefined, met: undefined };
    }
    const summary = summarize(figures);
    const met = bound === 'at least' ? summary.median >= value : summary.median <= value;
    return { text, bound, value, quantity, measured: summary, met };
  });
}
