import { add, addWrapping, type Change, type MetadataEngine } from './engine/metadata-engine.js';

/**
 * A partition's digest: the sum, modulo 2^48, of one number for each value that carries a checksum.
 * It is kept in the commits that change the values, so what vanishes, changes or comes back by
 * itself, because a page of the engine rotted, leaves a sum that does not fit any more.
 *
 * A sum has no order, so it costs a commit no look at other values. What is summed must be mixed
 * well: CRC-32 alone is linear, and the CRCs of numbered keys cancel each other out.
 */

/** What a stored value (content, then CRC-32 over key and content) adds to its partition's digest. */
export function digestOf(value: Buffer): number {
  const length = value.length;
  if (length < 4) return 1;
  const checksum = value.readInt32BE(length - 4);
  // Other bits than those the checksum was made to tell apart: in an object's record, its CRC-64's.
  const more = length < 28 ? 0 : value.readInt32BE(20);
  const low = mixed(checksum ^ 0x5bd1e995) >>> 0;
  const high = mixed((checksum + more) ^ Math.imul(length, 0x9e3779b1)) & 0xffff;
  return high * 2 ** 32 + low;
}

/** MurmurHash3's finaliser: every bit of a number depends on every bit of the other. */
function mixed(number: number): number {
  let x = number ^ (number >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** What a digest grows by when one stored value takes another's place; undefined is none. */
export function digestGrowth(before: Buffer | undefined, after: Buffer | undefined): number {
  return (
    (after === undefined ? 0 : digestOf(after)) - (before === undefined ? 0 : digestOf(before))
  );
}

/** Where a partition that is no bucket's keeps the count and the digest of its checked values. */
export const TALLY_COUNT_KEY = Buffer.from('c');
export const TALLY_DIGEST_KEY = Buffer.from('x');

/**
 * The changes, and what they do to the count and the digest of the values that `counts` says are
 * counted. What stands there is read first: the caller sees to it that nobody changes the same keys
 * meanwhile.
 */
export async function tallied(
  metadata: MetadataEngine,
  partition: string,
  changes: readonly Change[],
  counts: (key: Buffer) => boolean,
): Promise<readonly Change[]> {
  const next = new Map<string, { readonly key: Buffer; readonly value: Buffer | undefined }>();
  for (const change of changes) {
    if ((change.kind !== 'put' && change.kind !== 'delete') || !counts(change.key)) continue;
    const value = change.kind === 'put' ? change.value : undefined;
    next.set(change.key.toString('latin1'), { key: change.key, value });
  }
  let count = 0;
  let digest = 0;
  for (const { key, value } of next.values()) {
    const stored = await metadata.get(partition, key);
    count += (value === undefined ? 0 : 1) - (stored === undefined ? 0 : 1);
    digest += digestGrowth(stored, value);
  }
  if (next.size === 0) return changes;
  return [...changes, add(TALLY_COUNT_KEY, count), addWrapping(TALLY_DIGEST_KEY, digest)];
}
