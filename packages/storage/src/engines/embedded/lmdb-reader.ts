import { open, type RootDatabase } from 'lmdb';
import {
  type Entry,
  type KeyRange,
  type MetadataSnapshot,
  StoreClosed,
} from '../../engine/metadata-engine.js';
import { MAP_BYTES } from './lmdb-metadata.js';
import { LmdbReads } from './lmdb-reads.js';

/**
 * LMDB's file in a process that never writes to it: another one does.
 *
 * lmdb-js keeps a read transaction for a turn of the event loop. Here each read has a new one: what
 * another process was told of a commit, a client may know by the time its next request is in the
 * same turn. LMDB gives a new reader the last transaction that was committed, across processes.
 */
export class LmdbReader {
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #reads: LmdbReads;
  #closed = false;

  constructor(path: string) {
    this.#db = open<Buffer, Buffer>({
      path,
      noSubdir: true,
      readOnly: true,
      keyEncoding: 'binary',
      encoding: 'binary',
      mapSize: MAP_BYTES,
      maxDbs: 1,
    });
    this.#reads = new LmdbReads(this.#db);
  }

  /** Bytes of pages that are free in the file. */
  get reusableBytes(): number {
    return this.#now().reusableBytes;
  }

  get(partition: string, key: Buffer): Buffer | undefined {
    return this.#now().get(partition, key);
  }

  scan(partition: string, range: KeyRange): Entry[] {
    return this.#now().scan(partition, range);
  }

  snapshot(): MetadataSnapshot {
    return this.#now().snapshot(() => this.#checkOpen());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#db.close();
  }

  /** Reads as of now: lets go of what the last one saw. */
  #now(): LmdbReads {
    this.#checkOpen();
    this.#db.resetReadTxn();
    return this.#reads;
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreClosed();
  }
}
