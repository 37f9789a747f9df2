import type {
  Change,
  CommitOutcome,
  Condition,
  Entry,
  KeyRange,
  MetadataEngine,
  MetadataSnapshot,
} from '../engine/metadata-engine.js';
import type { LmdbReader } from '../engines/embedded/lmdb-reader.js';
import type { PrimaryLink } from './primary-link.js';

/** The metadata as a worker has it: it reads for itself, and the primary commits. */
export class WorkerMetadata implements MetadataEngine {
  readonly #reader: LmdbReader;
  readonly #primary: PrimaryLink;

  constructor(reader: LmdbReader, primary: PrimaryLink) {
    this.#reader = reader;
    this.#primary = primary;
  }

  get(partition: string, key: Buffer): Buffer | undefined {
    return this.#reader.get(partition, key);
  }

  scan(partition: string, range: KeyRange): Entry[] {
    return this.#reader.scan(partition, range);
  }

  snapshot(): MetadataSnapshot {
    return this.#reader.snapshot();
  }

  commit(
    partition: string,
    conditions: readonly Condition[],
    changes: readonly Change[],
  ): Promise<CommitOutcome> {
    return this.#primary.commit({ partition, conditions, changes });
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
