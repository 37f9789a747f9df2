const MIB = 1024 * 1024;

/** The free space below which puts are refused, unless told otherwise: at most this. */
const DEFAULT_MIN_FREE = 512 * MIB;
/** And at most this share of a small file system. */
const DEFAULT_MIN_FREE_SHARE = 1 / 10;

/** The reserve: what the pages of a few thousand scattered deletions take, and no more than this. */
const LARGEST_RESERVE = 32 * MIB;

const LARGEST_MARGIN = 16 * MIB;

const FILE_SYSTEM_BLOCK = 4096;

/** With less than this free a commit that failed has met a full disk, whatever LMDB calls it. */
export const NEXT_TO_NOTHING_BYTES = MIB;

/**
 * How much of a file system is left free, and for whom; all in bytes.
 *
 *     free space   minFree + 2 × margin   puts return
 *                  minFree + margin       puts are refused from here down
 *                  minFree                nothing of a put is written from here down
 *                  commitFloor            the reserve is given up, for the commits of deletions
 *                  lastFloor              nothing is committed: LMDB would meet a full disk
 */
export interface SpaceLimits {
  readonly minFree: number;
  readonly margin: number;
  /** The size of the preallocated file. */
  readonly reserve: number;
  readonly commitFloor: number;
  readonly lastFloor: number;
}

/** The limits on a file system of a size; `minFree` as the operator has it, or the default. */
export function spaceLimits(total: number, minFree = defaultMinFree(total)): SpaceLimits {
  const quarter = Math.min(LARGEST_RESERVE, minFree / 4);
  const reserve = Math.floor(quarter / FILE_SYSTEM_BLOCK) * FILE_SYSTEM_BLOCK;
  return {
    minFree,
    margin: Math.min(LARGEST_MARGIN, Math.floor(minFree / 16)),
    reserve,
    commitFloor: reserve,
    lastFloor: reserve / 2,
  };
}

function defaultMinFree(total: number): number {
  return Math.min(DEFAULT_MIN_FREE, Math.floor(total * DEFAULT_MIN_FREE_SHARE));
}
