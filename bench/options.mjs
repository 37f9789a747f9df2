import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

export const HELP = `Measures OpenOSS and what it is compared with, in the same run, interleaved.

Usage: npm run bench -- [flags]

Flags:
      --quick             less of everything: a few minutes, figures for orientation only
      --full              more of everything: lists 10,000,000 keys, all of Ceph; hours
      --only NAME,…       only these workloads; without it, all
      --against NAME,…    only these comparisons; without it, all that are installed
      --rounds N          how often each measurement is repeated, in turns (default 5; quick 3, full 9)
      --seconds S         how long each takes (default 2; quick 1, full 4)
      --dir DIR           where servers keep their data: on the disk to be measured (default the
                          system's temporary directory); a directory is made in it and removed
      --out DIR           where latest.md and latest.json go (default bench/results)
  -h, --help              this text
`;

/**
 * How much a run does.
 *
 * @typedef {object} Extent
 * @property {'quick' | 'default' | 'full'} name
 * @property {number} rounds
 * @property {number} seconds of each measurement
 * @property {readonly number[]} putBytes bodies of small puts
 * @property {readonly number[]} putConnections
 * @property {readonly number[]} cephPutBytes the same against Ceph, which is slow
 * @property {readonly number[]} cephPutConnections
 * @property {number} largeBytes the large object that is put and got
 * @property {number} memoryBytes the object whose transfer memory is watched
 * @property {readonly number[]} listKeys how many keys the buckets have that are listed
 * @property {number} startsEachRound how often a command is started in a round
 * @property {number} freeBytes that the disk should have
 */

/** @type {Readonly<Record<'quick' | 'default' | 'full', Extent>>} */
const EXTENTS = {
  quick: {
    name: 'quick',
    rounds: 3,
    seconds: 1,
    putBytes: [4 * KiB],
    putConnections: [1, 64, 256],
    cephPutBytes: [4 * KiB],
    cephPutConnections: [64],
    largeBytes: 256 * MiB,
    memoryBytes: 256 * MiB,
    listKeys: [10_000, 100_000],
    startsEachRound: 8,
    freeBytes: 8 * GiB,
  },
  default: {
    name: 'default',
    rounds: 5,
    seconds: 2,
    putBytes: [1 * KiB, 4 * KiB, 64 * KiB],
    putConnections: [1, 16, 64, 256],
    cephPutBytes: [4 * KiB],
    cephPutConnections: [1, 64],
    largeBytes: 1 * GiB,
    memoryBytes: 5 * GiB,
    listKeys: [10_000, 1_000_000],
    startsEachRound: 12,
    freeBytes: 32 * GiB,
  },
  full: {
    name: 'full',
    rounds: 9,
    seconds: 4,
    putBytes: [1 * KiB, 4 * KiB, 64 * KiB],
    putConnections: [1, 16, 64, 256],
    cephPutBytes: [1 * KiB, 4 * KiB, 64 * KiB],
    cephPutConnections: [1, 16, 64, 256],
    largeBytes: 1 * GiB,
    memoryBytes: 5 * GiB,
    listKeys: [10_000, 1_000_000, 10_000_000],
    startsEachRound: 12,
    freeBytes: 64 * GiB,
  },
};

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {Extent} extent
 * @property {readonly string[] | undefined} only
 * @property {readonly string[] | undefined} against
 * @property {string} directory
 * @property {string} out
 */

/** A command line that is not understood. */
export class UsageError extends Error {}

/**
 * @param {readonly string[]} args
 * @returns {Options}
 * @throws {UsageError}
 */
export function readOptions(args) {
  const values = parse(args);
  if (values.quick && values.full) throw new UsageError('--quick and --full exclude each other');
  const extent = EXTENTS[values.quick ? 'quick' : values.full ? 'full' : 'default'];
  const rounds = readNumber('--rounds', values.rounds, extent.rounds);
  if (!Number.isInteger(rounds)) throw new UsageError('--rounds takes a whole number');
  const seconds = readNumber('--seconds', values.seconds, extent.seconds);
  return {
    help: values.help ?? false,
    extent: { ...extent, rounds, seconds },
    only: readNames(values.only),
    against: readNames(values.against),
    directory: path.resolve(values.dir ?? tmpdir()),
    out: path.resolve(values.out ?? path.join(import.meta.dirname, 'results')),
  };
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        full: { type: 'boolean' },
        only: { type: 'string' },
        against: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        dir: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} flag
 * @param {string | undefined} text
 * @param {number} otherwise
 */
function readNumber(flag, text, otherwise) {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!(number > 0 && number < 1e6)) throw new UsageError(`${flag} takes a number above 0`);
  return number;
}

/** @param {string | undefined} list */
function readNames(list) {
  return list?.split(',').filter((name) => name !== '');
}
