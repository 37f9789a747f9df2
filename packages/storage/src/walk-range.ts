import { keySuccessor } from './engine/key-successor.js';
import type { Awaitable, Entry, KeyRange } from './engine/metadata-engine.js';

/** How many entries are in memory at a time. */
const SLICE = 200;

/** Something that can be scanned: an engine, or a snapshot of it. */
export interface Scannable {
  scan(partition: string, range: KeyRange): Awaitable<Entry[]>;
}

/** The entries of a range of any length, slice by slice. */
export async function* walkRange(
  source: Scannable,
  partition: string,
  { from, to }: { readonly from: Buffer; readonly to: Buffer | undefined },
): AsyncGenerator<Entry, void, undefined> {
  let next = from;
  for (;;) {
    const slice = await source.scan(partition, { from: next, to, limit: SLICE });
    for (const entry of slice) {
      yield entry;
      next = keySuccessor(entry.key);
    }
    if (slice.length < SLICE) return;
  }
}

/** The keys of a range of any length. */
export async function* walkKeys(
  source: { keys(partition: string, range: KeyRange): Awaitable<Buffer[]> },
  partition: string,
  { from, to }: { readonly from: Buffer; readonly to: Buffer | undefined },
): AsyncGenerator<Buffer, void, undefined> {
  let next = from;
  for (;;) {
    const slice = await source.keys(partition, { from: next, to, limit: SLICE });
    for (const key of slice) {
      yield key;
      next = keySuccessor(key);
    }
    if (slice.length < SLICE) return;
  }
}
