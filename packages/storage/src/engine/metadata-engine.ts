/**
 * The first half of the engine seam: ordered binary keys in named partitions, with conditional,
 * atomic, durable commits (docs/architecture.md, "Storage"). Whatever keeps metadata, be it LMDB,
 * RADOS omap or SQL, implements this and passes `metadata-engine.contract.ts`.
 */

/** The longest partition name, in bytes of UTF-8. */
export const MAX_PARTITION_BYTES = 64;

/** The longest key within a partition, in bytes; the shortest is one byte. */
export const MAX_ENGINE_KEY_BYTES = 1536;

/** An engine in this process answers at once, a distant one with a promise: callers `await` both. */
export type Awaitable<T> = T | Promise<T>;

/** One key and its value; both belong to whoever asked. */
export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/**
 * Which keys of a partition to read; keys are ordered as unsigned bytes. The bounds may be longer than
 * any key can be.
 */
export interface KeyRange {
  /** The first key that counts; without it, from the partition's first. */
  readonly from?: Buffer | undefined;
  /** The first key that no longer counts; without it, to the partition's end. */
  readonly to?: Buffer | undefined;
  /** At most this many entries. A scan is one gulp: callers that want more ask again. */
  readonly limit: number;
  /** From the end of the range backwards. */
  readonly reverse?: boolean;
}

/** What must be true of a partition for a commit to take place. */
export type Condition =
  | { readonly kind: 'absent'; readonly key: Buffer }
  | { readonly kind: 'equals'; readonly key: Buffer; readonly value: Buffer };

/** What a commit does, in the order given. */
export type Change =
  | { readonly kind: 'put'; readonly key: Buffer; readonly value: Buffer }
  | { readonly kind: 'delete'; readonly key: Buffer }
  /** Deletes every key from `from` to before `to`; without `to`, to the partition's end. */
  | { readonly kind: 'deleteRange'; readonly from: Buffer; readonly to?: Buffer | undefined }
  /** Adds a whole number to a counter (see `counter-value.ts`); a missing counter is zero. */
  | { readonly kind: 'add'; readonly key: Buffer; readonly amount: number }
  /** The same, modulo {@link WRAP} (see `counter-value.ts`): the sum is never negative. */
  | { readonly kind: 'addWrapping'; readonly key: Buffer; readonly amount: number };

export type CommitOutcome = 'committed' | 'conflict';

/** All partitions as they were at one moment. It costs space while it is open: close it soon. */
export interface MetadataSnapshot {
  get(partition: string, key: Buffer): Awaitable<Buffer | undefined>;
  scan(partition: string, range: KeyRange): Awaitable<Entry[]>;
  /** As `scan`, without the values. */
  keys(partition: string, range: KeyRange): Awaitable<Buffer[]>;
  close(): Awaitable<void>;
}

/**
 * A store of ordered keys. Readers see only what is durable, and a reader that asks after a commit
 * resolved sees it.
 */
export interface MetadataEngine {
  /** The value of a key, or undefined. */
  get(partition: string, key: Buffer): Awaitable<Buffer | undefined>;

  /** The entries of a range in byte order (or in reverse), as of one moment. */
  scan(partition: string, range: KeyRange): Awaitable<Entry[]>;

  /** Holds on to what is durable now, for a look at it that takes longer than a scan. */
  snapshot(): Awaitable<MetadataSnapshot>;

  /**
   * Makes the changes if every condition holds, all of them or none, and resolves when the outcome
   * is on stable storage. `conflict` means that a condition did not hold in a state that is durable
   * by then. The engine keeps the buffers it was given: they must not change until it resolves.
   * Rejects with {@link EngineFailed} when the outcome is unknown.
   */
  commit(
    partition: string,
    conditions: readonly Condition[],
    changes: readonly Change[],
  ): Promise<CommitOutcome>;

  /** Waits for the commits that were asked for, then lets go of the store. */
  close(): Promise<void>;
}

/**
 * The engine stopped because it could not keep its word (a flush failed). What was asked for may or
 * may not be on disk, so nothing may be concluded, cleaned up or tried again.
 */
export class EngineFailed extends Error {
  constructor(cause: unknown) {
    super('The storage engine has stopped after a failure', { cause });
    this.name = 'EngineFailed';
  }
}

/** The engine or the store is closed. */
export class StoreClosed extends Error {
  constructor() {
    super('The store is closed');
    this.name = 'StoreClosed';
  }
}

export const absent = (key: Buffer): Condition => ({ kind: 'absent', key });
export const equals = (key: Buffer, value: Buffer): Condition => ({ kind: 'equals', key, value });
export const put = (key: Buffer, value: Buffer): Change => ({ kind: 'put', key, value });
export const remove = (key: Buffer): Change => ({ kind: 'delete', key });
export const removeRange = (from: Buffer, to?: Buffer): Change => ({
  kind: 'deleteRange',
  from,
  to,
});
export const add = (key: Buffer, amount: number): Change => ({ kind: 'add', key, amount });
export const addWrapping = (key: Buffer, amount: number): Change => ({
  kind: 'addWrapping',
  key,
  amount,
});
