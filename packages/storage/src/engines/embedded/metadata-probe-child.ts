import type { RootDatabase } from 'lmdb';
import { openEnvironment } from './lmdb-metadata.js';

/** What the process that reads all of the metadata says: where it is, and how it ended, if it gets there. */
export type ProbeMessage =
  | { readonly doing: 'reading' | 'committing' }
  | { readonly outcome: 'sound' }
  | { readonly outcome: 'failed'; readonly reason: string };

/** How many entries are read before it is seen whether the parent is still there. */
const ENTRIES_AT_ONCE = 2000;

/** Reads every entry, and commits once: what a server does with its metadata. */
async function use(path: string): Promise<void> {
  const db = openEnvironment(path);
  await say({ doing: 'reading' });
  let first: { readonly key: Buffer; readonly value: Buffer } | undefined;
  let read = 0;
  for (const { key, value } of db.getRange({})) {
    // A key and a value of their own: their memory is used again.
    first ??= { key: Buffer.from(key), value: Buffer.from(value) };
    if (++read % ENTRIES_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await say({ doing: 'committing' });
  if (first !== undefined) await rewrite(db, first);
  await db.close();
}

/** Puts what is there already: a commit takes pages from LMDB's list of free ones. */
async function rewrite(
  db: RootDatabase<Buffer, Buffer>,
  { key, value }: { readonly key: Buffer; readonly value: Buffer },
): Promise<void> {
  await db.batch(() => {
    db.put(key, value);
  });
}

function say(message: ProbeMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

// A parent that is gone has no use for the answer.
process.once('disconnect', () => process.exit());
try {
  await use(process.argv[2] ?? '');
  await say({ outcome: 'sound' });
} catch (error) {
  await say({ outcome: 'failed', reason: error instanceof Error ? error.message : String(error) });
}
process.exit();
