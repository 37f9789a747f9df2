const BASE_MS = 200;
const MAX_MS = 20_000;

/**
 * How long to wait before an attempt, in milliseconds: full jitter, `random × min(2^attempt × 200 ms,
 * 20 s)`. The first retry is attempt 2 (ossutil-2.md, 1.8). `random` is from 0 to 1, 1 excluded.
 */
export function backOff(attempt: number, random: number): number {
  return random * Math.min(2 ** attempt * BASE_MS, MAX_MS);
}
