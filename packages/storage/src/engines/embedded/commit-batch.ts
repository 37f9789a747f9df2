import { decodeCounter, encodeCounter, wrapped } from '../../engine/counter-value.js';
import type { Change, CommitOutcome, Condition } from '../../engine/metadata-engine.js';
import type { PartitionKeys } from './partition-key.js';

/** What is durable now; nothing changes it while a batch is being formed. */
export interface CommittedState {
  get(key: Buffer): Buffer | undefined;
  /** The keys from `from` to before `to`. */
  keys(from: Buffer, to: Buffer): Iterable<Buffer>;
}

/** One commit as it was asked for; its keys are those of its partition. */
export interface RequestedCommit {
  readonly keys: PartitionKeys;
  readonly conditions: readonly Condition[];
  readonly changes: readonly Change[];
}

/** What came of a commit, and whether that may be told before the batch is on disk. */
export interface Verdict {
  readonly outcome: CommitOutcome;
  /** The outcome rests on changes of this batch, or makes some: it is true only with the batch. */
  readonly waitsForBatch: boolean;
}

/**
 * A key the batch writes, with what stands there after the commits so far. A counter is kept as its
 * sum until somebody looks, so a thousand puts into one bucket encode and write it once.
 */
interface Written {
  readonly key: Buffer;
  value: Buffer | undefined;
  sum: number | undefined;
}

const COMMITTED_NOW: Verdict = { outcome: 'committed', waitsForBatch: false };
const COMMITTED_WITH_BATCH: Verdict = { outcome: 'committed', waitsForBatch: true };
const CONFLICT_NOW: Verdict = { outcome: 'conflict', waitsForBatch: false };
const CONFLICT_WITH_BATCH: Verdict = { outcome: 'conflict', waitsForBatch: true };

/**
 * Commits that go to disk together. Each one's conditions are judged against the committed state
 * plus the effects of the commits before it, so the batch behaves like its commits one after
 * another; what it leaves to write is at most one operation a key.
 */
export class CommitBatch {
  readonly #committed: CommittedState;
  /** By the key's bytes as a latin1 string: a Map compares no Buffers. */
  readonly #written = new Map<string, Written>();

  constructor(committed: CommittedState) {
    this.#committed = committed;
  }

  /** How many keys the batch writes or deletes. */
  get size(): number {
    return this.#written.size;
  }

  /** Judges a commit and, if its conditions hold, takes its changes into the batch. */
  add({ keys, conditions, changes }: RequestedCommit): Verdict {
    let restsOnBatch = false;
    for (const condition of conditions) {
      const full = keys.full(condition.key);
      const written = this.#written.get(full.toString('latin1'));
      const value = written === undefined ? this.#committed.get(full) : stateOf(written);
      if (!holds(condition, value)) {
        // A later condition cannot make the outcome any earlier: the first that fails decides.
        return restsOnBatch || written !== undefined ? CONFLICT_WITH_BATCH : CONFLICT_NOW;
      }
      restsOnBatch ||= written !== undefined;
    }
    // First everything that can throw (a key's length, a corrupt counter), then everything that
    // cannot: a commit that fails leaves no half of itself in the batch.
    const steps = changes.map((change) => this.#prepare(keys, change));
    for (const step of steps) step();
    return restsOnBatch || changes.length > 0 ? COMMITTED_WITH_BATCH : COMMITTED_NOW;
  }

  /** The state of each key after the batch; undefined deletes it. */
  *operations(): Iterable<{ readonly key: Buffer; readonly value: Buffer | undefined }> {
    for (const written of this.#written.values()) {
      yield { key: written.key, value: stateOf(written) };
    }
  }

  #prepare(keys: PartitionKeys, change: Change): () => void {
    switch (change.kind) {
      case 'put': {
        const key = keys.full(change.key);
        return () => this.#write(key, change.value);
      }
      case 'delete': {
        const key = keys.full(change.key);
        return () => this.#write(key, undefined);
      }
      case 'deleteRange': {
        const from = keys.lowerBound(change.from);
        const to = keys.upperBound(change.to);
        const committed = [...this.#committed.keys(from, to)];
        return () => this.#deleteRange(from, to, committed);
      }
      case 'add': {
        const key = keys.full(change.key);
        const before = this.#counter(key);
        if (!Number.isSafeInteger(before + change.amount)) {
          throw new RangeError(`A counter cannot hold ${before} + ${change.amount}`);
        }
        return () => this.#add(key, before, change.amount);
      }
      case 'addWrapping': {
        const key = keys.full(change.key);
        const before = this.#counter(key);
        if (!Number.isSafeInteger(change.amount)) {
          throw new RangeError(`A counter cannot take ${change.amount}`);
        }
        const amount = wrapped(change.amount);
        return () => this.#add(key, before, amount, wrapped);
      }
    }
  }

  #write(key: Buffer, value: Buffer | undefined): void {
    const name = key.toString('latin1');
    const written = this.#written.get(name);
    if (written === undefined) {
      this.#written.set(name, { key, value, sum: undefined });
    } else {
      written.value = value;
      written.sum = undefined;
    }
  }

  #counter(key: Buffer): number {
    const written = this.#written.get(key.toString('latin1'));
    if (written === undefined) return decodeCounter(this.#committed.get(key));
    return written.sum ?? decodeCounter(written.value);
  }

  /** `before` counts only where the batch has not touched the key: an earlier step may have. */
  #add(key: Buffer, before: number, amount: number, kept = asItIs): void {
    const name = key.toString('latin1');
    const written = this.#written.get(name);
    if (written === undefined) {
      this.#written.set(name, { key, value: undefined, sum: kept(before + amount) });
    } else {
      written.sum = kept((written.sum ?? decodeCounter(written.value)) + amount);
      written.value = undefined;
    }
  }

  #deleteRange(from: Buffer, to: Buffer, committed: readonly Buffer[]): void {
    for (const written of this.#written.values()) {
      if (from.compare(written.key) <= 0 && written.key.compare(to) < 0) {
        written.value = undefined;
        written.sum = undefined;
      }
    }
    for (const key of committed) this.#write(key, undefined);
  }
}

const asItIs = (sum: number): number => sum;

function stateOf(written: Written): Buffer | undefined {
  if (written.sum !== undefined) written.value ??= encodeCounter(written.sum);
  return written.value;
}

function holds(condition: Condition, value: Buffer | undefined): boolean {
  if (condition.kind === 'absent') return value === undefined;
  return value?.equals(condition.value) ?? false;
}
