import type { RootDatabase, Transaction } from 'lmdb';
import {
  type Entry,
  type KeyRange,
  type MetadataSnapshot,
  StoreClosed,
} from '../../engine/metadata-engine.js';
import { PartitionKeys } from './partition-key.js';
import { SmallBuffers } from './small-buffers.js';

/** How many partitions' prefixes are remembered. */
const REMEMBERED_PARTITIONS = 4096;

/** Reads of the one LMDB database, in whatever read transaction lmdb-js has at the time. */
export class LmdbReads {
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #partitions = new Map<string, PartitionKeys>();
  readonly #buffers = new SmallBuffers();

  constructor(db: RootDatabase<Buffer, Buffer>) {
    this.#db = db;
  }

  /** Bytes of pages that are free in the file. */
  get reusableBytes(): number {
    const { lastPageNumber, root, free } = this.#db.getStats() as EnvironmentStatistics;
    const used = META_PAGES + pagesOf(root) + pagesOf(free);
    return Math.max(0, lastPageNumber + 1 - used) * root.pageSize;
  }

  /** The value under a key of the database. */
  read(full: Buffer): Buffer | undefined {
    // lmdb-js lends a buffer that the next read overwrites, longer than the `length` it was given, or a
    // view of the memory map, whose page a later transaction may reuse: either is copied at once.
    const lent = this.#db.getBinaryFast(full);
    if (lent === undefined) return undefined;
    const { length } = lent;
    const own = this.#buffers.take(length);
    own.set(new Uint8Array(lent.buffer, lent.byteOffset, length));
    return own;
  }

  get(partition: string, key: Buffer): Buffer | undefined {
    return this.read(this.keysOf(partition).full(key));
  }

  /**
   * A read transaction of LMDB's: until it is closed no page that it sees is used again. `check` throws
   * when there is nothing to read from any more.
   */
  snapshot(check: () => void): MetadataSnapshot {
    const transaction = this.#db.useReadTransaction();
    let closed = false;
    const checkBoth = (): void => {
      if (closed) throw new StoreClosed();
      check();
    };
    return {
      get: (partition, key) => {
        checkBoth();
        return this.#db.get(this.keysOf(partition).full(key), { transaction });
      },
      scan: (partition, range) => {
        checkBoth();
        return this.scan(partition, range, transaction);
      },
      keys: (partition, { from, to, limit }) => {
        checkBoth();
        const keys = this.keysOf(partition);
        const start = keys.lowerBound(from);
        const end = keys.upperBound(to);
        if (limit < 1 || start.compare(end) >= 0) return [];
        const found = this.#db.getKeys({ start, end, limit, transaction });
        return [...found].map((key) => keys.own(key));
      },
      close() {
        if (!closed) transaction.done();
        closed = true;
      },
    };
  }

  scan(
    partition: string,
    { from, to, limit, reverse = false }: KeyRange,
    transaction?: Transaction,
  ): Entry[] {
    const keys = this.keysOf(partition);
    const lower = keys.lowerBound(from);
    const upper = keys.upperBound(to);
    const entries: Entry[] = [];
    if (limit < 1 || lower.compare(upper) >= 0) return entries;
    // Backwards lmdb starts at a key inclusively: the bound itself, which is not part of the range,
    // may come first, so one more is asked for.
    const range = reverse
      ? { start: upper, end: lower, inclusiveEnd: true, reverse, limit: limit + 1 }
      : { start: lower, end: upper, limit };
    const within = transaction === undefined ? range : { ...range, transaction };
    for (const { key, value } of this.#db.getRange(within)) {
      if (entries.length === limit) break;
      if (reverse && key.compare(upper) >= 0) continue;
      entries.push({ key: keys.own(key), value });
    }
    return entries;
  }

  keysOf(partition: string): PartitionKeys {
    let keys = this.#partitions.get(partition);
    if (keys === undefined) {
      keys = new PartitionKeys(partition);
      if (this.#partitions.size >= REMEMBERED_PARTITIONS) this.#partitions.clear();
      this.#partitions.set(partition, keys);
    }
    return keys;
  }
}

/** What lmdb-js tells of its environment, as far as it is needed; its types leave it open. */
interface EnvironmentStatistics {
  readonly lastPageNumber: number;
  /** The one database, and the one in which LMDB keeps its free pages. */
  readonly root: TreeStatistics;
  readonly free: TreeStatistics;
}

interface TreeStatistics {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

const META_PAGES = 2;

function pagesOf(tree: TreeStatistics): number {
  return tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages;
}
