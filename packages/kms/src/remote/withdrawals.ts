import {
  type Awaitable,
  after,
  GenerationWatch,
  RoomLedger,
  type RoomStore,
  StorageFull,
} from '@openoss/storage';
import { entryKeys } from '../keyring/entries.js';
import { KmsError } from '../kms-error.js';
import type { DataKeyCache } from './data-key-cache.js';

/**
 * Has what was unwrapped with another KMS's keys forgotten when a key is withdrawn through this service: in
 * this process, and by way of a room of the store in all others, which look there before they use what they keep.
 */
export class Withdrawals {
  readonly #cache: DataKeyCache;
  readonly #watch: GenerationWatch;
  readonly #ledger: RoomLedger;

  constructor(room: RoomStore, cache: DataKeyCache) {
    this.#cache = cache;
    this.#watch = new GenerationWatch(room);
    this.#ledger = new RoomLedger(room, 'kms');
    this.#watch.forgetInTime(cache);
  }

  /** Once this is over, what is kept was unwrapped after the last withdrawal. */
  look(): Awaitable<void> {
    return after(this.#watch.look(), () => {});
  }

  /** Tells of one; throws KmsError where that cannot be kept. */
  async tell(): Promise<void> {
    this.#cache.clear();
    try {
      await this.#ledger.change(async (draft) =>
        draft.put(entryKeys.withdrawn, { at: Date.now() }),
      );
    } catch (error) {
      throw error instanceof StorageFull ? KmsError.of('StorageFull') : error;
    }
  }
}
