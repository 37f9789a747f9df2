import { blobToDelete, DELETION_RANGE, deletionKey } from './bucket-partition.js';
import type { BucketRegistry } from './bucket-registry.js';
import { isBucketWhole } from './bucket-tally.js';
import { type BlobEngine, StorageFull } from './engine/blob-engine.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import { keySuccessor } from './engine/key-successor.js';
import { EngineFailed, type MetadataEngine, remove } from './engine/metadata-engine.js';
import type { Log } from './log.js';
import { sweepOrphans } from './orphan-sweep.js';
import type { MutableStoreCounters } from './store-counters.js';

/** How many blobs are deleted at a time, and for one commit. */
const BATCH = 256;

/** What failed is tried again after so long: descriptors and space come back. */
const RETRY_MS = 5_000;

const AT_NEXT_START = 'the next start takes it up again';

export interface BlobSweeperOptions {
  readonly metadata: MetadataEngine;
  readonly blobs: BlobEngine;
  readonly registry: BucketRegistry;
  readonly log: Log;
  readonly counters: MutableStoreCounters;
  /** Milliseconds until what failed is tried again; 5,000 unless told. */
  readonly retryAfter?: number;
}

/**
 * Deletes, in the background, the blobs that nobody needs any more: those in the deletion queues,
 * once no reader has them open, and orphans (see `orphan-sweep.ts`); and takes down the partitions
 * of deleted buckets when their queues are empty.
 *
 * A blob goes for good before its entry in the queue does. So the sweeper may be stopped, or killed,
 * at any point: what it has not done it finds again.
 */
export class BlobSweeper {
  readonly #metadata: MetadataEngine;
  readonly #blobs: BlobEngine;
  readonly #registry: BucketRegistry;
  readonly #log: Log;
  readonly #counters: MutableStoreCounters;
  /** By partition, the entries of its deletion queue that can be worked on now. */
  readonly #queued = new Map<string, Set<string>>();
  /** Partitions to be taken down, and whether their queues were looked up. */
  readonly #leaving = new Map<string, { collected: boolean }>();
  /** Of buckets that an orphan was found of: whether all of their records are there. */
  readonly #whole = new Map<string, Promise<boolean>>();
  #beginning: Promise<void> = Promise.resolve();
  #working: Promise<void> | undefined;
  #hasWork = false;
  readonly #retryAfter: number;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor({
    metadata,
    blobs,
    registry,
    log,
    counters,
    retryAfter = RETRY_MS,
  }: BlobSweeperOptions) {
    this.#retryAfter = retryAfter;
    this.#metadata = metadata;
    this.#blobs = blobs;
    this.#registry = registry;
    this.#log = log;
    this.#counters = counters;
  }

  /** Takes up what earlier processes left; does not wait for it. */
  start(): void {
    this.#beginning = this.#takeUp();
  }

  /** A commit has entered a blob into the partition's deletion queue. */
  blobUnnamed(incarnation: string, blobId: string): void {
    this.#enqueue(incarnation, blobId);
    this.#work();
  }

  /** A bucket is no more: its partition goes when its deletion queue is empty. */
  bucketDeleted(incarnation: string): void {
    this.#leaving.set(incarnation, { collected: false });
    this.#work();
  }

  /** Looks for the orphans of sessions that have ended since the start. */
  sessionEnded(): void {
    this.#beginning = this.#beginning.then(() => {
      // What was found out at the start may be long ago.
      this.#whole.clear();
      return this.#sweepOrphans();
    });
  }

  /** Resolves when there is nothing left that can be done now. */
  async idle(): Promise<void> {
    for (let beginning: unknown; beginning !== this.#beginning; await beginning) {
      beginning = this.#beginning;
    }
    while (this.#working !== undefined) await this.#working;
  }

  /** Stops after what is being done at the moment. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.idle();
    clearTimeout(this.#retry);
  }

  async #takeUp(): Promise<void> {
    await this.#guard(async () => {
      for (const { incarnation } of await this.#registry.unsettled()) {
        this.bucketDeleted(incarnation);
      }
    }, AT_NEXT_START);
    await this.#guard(async () => {
      for await (const { incarnation } of this.#registry.all()) {
        if (this.#stopped) return;
        await this.#collect(incarnation);
      }
    }, AT_NEXT_START);
    await this.#sweepOrphans();
  }

  async #sweepOrphans(): Promise<void> {
    await this.#guard(
      () =>
        sweepOrphans({
          metadata: this.#metadata,
          blobs: this.#blobs,
          buckets: () => this.#registry.all(),
          isWhole: (incarnation) => this.#isWhole(incarnation),
          log: this.#log,
          onDeleted: (count) => {
            this.#counters.orphansDeleted += count;
          },
          isStopped: () => this.#stopped,
        }),
      AT_NEXT_START,
    );
  }

  /** Counts a bucket's records, once: with a blob that may be an orphan, and only then. */
  #isWhole(incarnation: string): Promise<boolean> {
    const known = this.#whole.get(incarnation);
    if (known !== undefined) return known;
    const counting = (async () => {
      const named = new Set<string>();
      for await (const bucket of this.#registry.all()) named.add(bucket.incarnation);
      return isBucketWhole(this.#metadata, incarnation, named.has(incarnation));
    })();
    this.#whole.set(incarnation, counting);
    return counting;
  }

  #work(): void {
    this.#hasWork = true;
    if (this.#working !== undefined || this.#stopped) return;
    this.#working = this.#guard(async () => {
      // Let the commits of this turn add to the first batch.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#hasWork && !this.#stopped) {
        this.#hasWork = false;
        for (const [incarnation, queue] of this.#queued) await this.#drain(incarnation, queue);
        for (const incarnation of this.#leaving.keys()) await this.#takeDown(incarnation);
      }
    }, 'it is tried again soon').then((isDone) => {
      this.#working = undefined;
      if (!isDone) this.#workLater();
      else if (this.#hasWork) this.#work();
    });
  }

  #workLater(): void {
    if (this.#stopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#work(), this.#retryAfter);
    this.#retry.unref();
  }

  #enqueue(incarnation: string, blobId: string): void {
    const queue = this.#queued.get(incarnation);
    if (queue === undefined) this.#queued.set(incarnation, new Set([blobId]));
    else queue.add(blobId);
  }

  /** The background has no caller to tell of a failure; false when there was one. */
  async #guard(task: () => Promise<void>, whatNow: string): Promise<boolean> {
    try {
      await task();
      return true;
    } catch (error) {
      // These are reported where they happened; the first ends the process.
      if (error instanceof EngineFailed) this.#stopped = true;
      else if (!(error instanceof StorageFull)) {
        this.#log.error({ err: error }, `sweeping failed; ${whatNow}`);
      }
      return false;
    }
  }

  /** Takes the entries of a partition's deletion queue into the work. */
  async #collect(incarnation: string): Promise<void> {
    let from: Buffer = DELETION_RANGE.from;
    while (!this.#stopped) {
      const range = { from, to: DELETION_RANGE.to, limit: BATCH };
      const entries = await this.#metadata.scan(incarnation, range);
      for (const entry of entries) {
        from = keySuccessor(entry.key);
        try {
          this.blobUnnamed(incarnation, blobToDelete(entry));
        } catch (error) {
          if (!(error instanceof CorruptRecord)) throw error;
          this.#counters.corruptRecords++;
          this.#log.error({ err: error }, 'an entry of a deletion queue is damaged: left alone');
        }
      }
      if (entries.length < BATCH) return;
    }
  }

  async #drain(incarnation: string, queue: Set<string>): Promise<void> {
    const batch: string[] = [];
    for (const id of queue) {
      if (batch.length === BATCH) break;
      queue.delete(id);
      const released = this.#blobs.released(id);
      if (released === undefined) batch.push(id);
      else released.then(() => this.blobUnnamed(incarnation, id));
    }
    if (queue.size === 0) this.#queued.delete(incarnation);
    else this.#hasWork = true;
    if (batch.length === 0) return;
    try {
      await this.#blobs.deleteAll(batch);
      const entries = batch.map((id) => remove(deletionKey(id)));
      await this.#metadata.commit(incarnation, [], entries);
    } catch (error) {
      for (const id of batch) this.#enqueue(incarnation, id);
      throw error;
    }
    this.#counters.blobsDeleted += batch.length;
  }

  async #takeDown(incarnation: string): Promise<void> {
    const leaving = this.#leaving.get(incarnation);
    if (leaving === undefined || this.#stopped) return;
    if (!leaving.collected) {
      await this.#collect(incarnation);
      leaving.collected = true;
    }
    // While a reader has one of its blobs open the partition stays; its release brings us here.
    const left = await this.#metadata.scan(incarnation, { ...DELETION_RANGE, limit: 1 });
    if (left.length > 0) return;
    await this.#registry.takeDown(incarnation);
    this.#leaving.delete(incarnation);
  }
}
