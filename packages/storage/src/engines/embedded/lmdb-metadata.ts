import { open, type RootDatabase } from 'lmdb';
import { StorageFull } from '../../engine/blob-engine.js';
import type { FailStop } from '../../engine/fail-stop.js';
import {
  type Change,
  type CommitOutcome,
  type Condition,
  type Entry,
  type KeyRange,
  type MetadataEngine,
  type MetadataSnapshot,
  StoreClosed,
} from '../../engine/metadata-engine.js';
import { CommitBatch, type RequestedCommit } from './commit-batch.js';
import { LmdbReads } from './lmdb-reads.js';

/**
 * The address space LMDB maps at once: 1 TiB. lmdb-js can grow a map while others read it, but a map
 * that never has to grow cannot go wrong; untouched addresses cost nothing.
 */
export const MAP_BYTES = 2 ** 40;

/**
 * Bytes in a page of a new file. In LMDB's default pages of 4 KiB a body of 4 KiB takes two of its own;
 * in these it shares one with others: a third less disk, and a third less time in the kernel
 * (docs/performance.md). An existing file keeps the size it was made with.
 */
const PAGE_BYTES = 16 * 1024;

/** A batch takes no more commits when their values pass this, so that no flush gets very long. */
const MAX_BATCH_BYTES = 32 * 1024 * 1024;

/** Opens LMDB's file the way this engine needs it; see {@link LmdbMetadata}. */
export function openEnvironment(path: string): RootDatabase<Buffer, Buffer> {
  return open<Buffer, Buffer>({
    path,
    noSubdir: true,
    keyEncoding: 'binary',
    encoding: 'binary',
    overlappingSync: false,
    eventTurnBatching: false,
    mapSize: MAP_BYTES,
    pageSize: PAGE_BYTES,
    maxDbs: 1,
  });
}

interface WaitingCommit extends RequestedCommit {
  resolve(outcome: CommitOutcome): void;
  reject(error: unknown): void;
}

/**
 * Metadata in one LMDB environment.
 *
 * What is durable when (lmdb 3.5: README "Overlapping Sync Options", `write.js`, `writer.cpp` and
 * `mdb_txn_commit` in its LMDB): with `overlappingSync: false` a write's promise resolves after
 * `mdb_txn_commit` returned, which has written the dirty pages, called fdatasync, and written the
 * meta page through a descriptor opened O_DSYNC; only then does the transaction become visible to
 * readers. So an awaited write is on disk, and readers see nothing that is not. (With the default,
 * `overlappingSync: true`, the promise resolves before the flush.) LMDB never flushes the directory
 * of its files: `data-directory.ts` does.
 *
 * `db.batch()` brackets its operations in one block, which the write thread never splits over two
 * transactions (only a synchronous transaction could; this engine starts none). `eventTurnBatching`
 * is off because its implicit block rejects a promise nobody holds when a commit fails, which ends
 * the process before it can say why.
 *
 * Commits share flushes without a timer: the first one on an idle engine starts at once, and what is
 * asked for during a flush goes with the next.
 */
export class LmdbMetadata implements MetadataEngine {
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #failStop: FailStop;
  readonly #beforeCommit: () => Promise<void> | undefined;
  readonly #reads: LmdbReads;
  #waiting: WaitingCommit[] = [];
  /** Between the start of a batch and the end of its flush, or about to start one. */
  #busy = false;
  #closed = false;
  #idle: (() => void) | undefined;
  #copying: Promise<void> = Promise.resolve();
  #commits = 0;
  #flushes = 0;

  /**
   * `beforeCommit` is asked before each batch: it may have it wait, and refuses it with StorageFull,
   * for a disk that is full in the middle of a commit is a disk that failed.
   */
  constructor(
    path: string,
    failStop: FailStop,
    beforeCommit: () => Promise<void> | undefined = () => undefined,
  ) {
    this.#failStop = failStop;
    this.#beforeCommit = beforeCommit;
    this.#db = openEnvironment(path);
    this.#reads = new LmdbReads(this.#db);
  }

  /** How many commits were durable so far, and how many flushes they shared. */
  get work(): { readonly commits: number; readonly flushes: number } {
    return { commits: this.#commits, flushes: this.#flushes };
  }

  /** Bytes of pages that are free in the file: later commits use them before they make it grow. */
  get reusableBytes(): number {
    return this.#reads.reusableBytes;
  }

  get(partition: string, key: Buffer): Buffer | undefined {
    this.#checkOpen();
    return this.#reads.get(partition, key);
  }

  snapshot(): MetadataSnapshot {
    this.#checkOpen();
    return this.#reads.snapshot(() => this.#checkOpen());
  }

  scan(partition: string, range: KeyRange): Entry[] {
    this.#checkOpen();
    return this.#reads.scan(partition, range);
  }

  commit(
    partition: string,
    conditions: readonly Condition[],
    changes: readonly Change[],
  ): Promise<CommitOutcome> {
    return new Promise((resolve, reject) => {
      this.#failStop.check();
      this.#checkOpen();
      const keys = this.#reads.keysOf(partition);
      this.#waiting.push({ keys, conditions, changes, resolve, reject });
      if (!this.#busy) {
        this.#busy = true;
        // After this turn's microtasks, so that commits asked for together go together.
        queueMicrotask(() => this.#startBatch());
      }
    });
  }

  /**
   * Writes the state of one moment after the call into a file that must not exist; resolves when it
   * is written, but not flushed. Commits go on meanwhile (`mdb_env_copy2` in a thread of the pool,
   * which blocks the write thread only for the meta pages). One copy at a time.
   */
  copyTo(path: string): Promise<void> {
    this.#checkOpen();
    const copying = this.#db.backup(path, false);
    // Nothing stops a copy, and the environment must not go away under it: `close` waits.
    this.#copying = copying.catch(() => {});
    return copying;
  }

  /** Frees the places of readers whose process died: what they were reading stays for them else. */
  forgetDeadReaders(): void {
    this.#checkOpen();
    this.#db.readerCheck();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#busy) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.#copying;
    await this.#db.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreClosed();
  }

  /** Takes what waits, judges it and hands it to LMDB. */
  #startBatch(): void {
    while (this.#waiting.length > 0 && this.#failStop.failure === undefined) {
      const { batch, members } = this.#formBatch();
      if (batch.size > 0) {
        this.#flush(batch, members);
        return;
      }
      // Nothing to write, such as the deletion of an empty range.
      for (const [commit, outcome] of members) commit.resolve(outcome);
    }
    this.#busy = false;
    this.#rejectWaiting();
    this.#idle?.();
  }

  /** The commits whose outcome is known only with the flush, and what is to be flushed. */
  #formBatch(): { batch: CommitBatch; members: [WaitingCommit, CommitOutcome][] } {
    const batch = new CommitBatch({
      get: (key) => this.#reads.read(key),
      keys: (start, end) => this.#db.getKeys({ start, end }),
    });
    const members: [WaitingCommit, CommitOutcome][] = [];
    const waiting = this.#waiting;
    let bytes = 0;
    let taken = 0;
    while (taken < waiting.length && bytes < MAX_BATCH_BYTES) {
      const commit = waiting[taken++];
      if (commit === undefined) break;
      try {
        const { outcome, waitsForBatch } = batch.add(commit);
        if (waitsForBatch) members.push([commit, outcome]);
        else commit.resolve(outcome);
      } catch (error) {
        commit.reject(error);
        continue;
      }
      for (const change of commit.changes) {
        if (change.kind === 'put') bytes += change.value.length;
      }
    }
    this.#waiting = taken === waiting.length ? [] : waiting.slice(taken);
    return { batch, members };
  }

  #flush(batch: CommitBatch, members: readonly [WaitingCommit, CommitOutcome][]): void {
    this.#write(batch).then(
      () => {
        this.#flushes++;
        this.#commits += members.length;
        // The disk first: the next batch is on its way before anybody is told of this one.
        this.#startBatch();
        for (const [commit, outcome] of members) commit.resolve(outcome);
      },
      async (error: unknown) => {
        const failure =
          error instanceof StorageFull ? error : this.#failStop.trip(await causeOf(error));
        for (const [commit] of members) commit.reject(failure);
        this.#startBatch();
      },
    );
  }

  /** Hands a batch to LMDB as one block, which is committed whole or not at all. */
  async #write(batch: CommitBatch): Promise<void> {
    const ready = this.#beforeCommit();
    if (ready !== undefined) await ready;
    const operations = [...batch.operations()];
    await this.#db.batch(() => {
      for (const { key, value } of operations) {
        if (value === undefined) this.#db.remove(key);
        else this.#db.put(key, value);
      }
    });
  }

  #rejectWaiting(): void {
    const failure = this.#failStop.failure;
    if (failure === undefined) return;
    for (const commit of this.#waiting) commit.reject(failure);
    this.#waiting = [];
  }
}

/** lmdb-js rejects with a general error and hands its cause over in a promise of its own. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error;
  return Promise.resolve(error.commitError).catch((cause: unknown) => cause);
}
