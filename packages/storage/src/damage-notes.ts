import { CorruptBlob } from './engine/blob-engine.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import type { Log } from './log.js';
import type { MutableStoreCounters } from './store-counters.js';

/** Counts and logs what is found damaged, once, however many it passes on its way to who asked. */
export class DamageNotes {
  readonly #counters: MutableStoreCounters;
  readonly #log: Pick<Log, 'error'>;
  readonly #noted = new WeakSet<Error>();

  constructor(counters: MutableStoreCounters, log: Pick<Log, 'error'>) {
    this.#counters = counters;
    this.#log = log;
  }

  /** Passes over what is no damage. */
  note(error: unknown): void {
    const isRecord = error instanceof CorruptRecord;
    if (!isRecord && !(error instanceof CorruptBlob)) return;
    if (this.#noted.has(error)) return;
    this.#noted.add(error);
    if (isRecord) this.#counters.corruptRecords++;
    else this.#counters.corruptBlobs++;
    this.#log.error({ err: error }, isRecord ? 'a record is damaged' : 'a blob is damaged');
  }
}
