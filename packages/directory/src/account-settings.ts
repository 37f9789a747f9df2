import {
  type Awaitable,
  after,
  FreshMap,
  type GenerationWatch,
  type RoomStore,
} from '@openoss/storage';
import { type AccountSettingsEntry, decodeEntry, entryKeys } from './entries.js';
import type { Ledger } from './ledger.js';

const REMEMBERED_ACCOUNTS = 4000;
const NOTHING_SET: AccountSettingsEntry = { blocksPublicAccess: false };

/** What is set for accounts as wholes; from memory as long as the directory has not changed. */
export class AccountSettings {
  readonly #room: RoomStore;
  readonly #ledger: Ledger;
  readonly #known: FreshMap<AccountSettingsEntry>;

  constructor(room: RoomStore, ledger: Ledger, watch: GenerationWatch) {
    this.#room = room;
    this.#ledger = ledger;
    this.#known = new FreshMap(watch, REMEMBERED_ACCOUNTS);
  }

  of(account: string, hasLooked = false): Awaitable<AccountSettingsEntry> {
    const learn = () => {
      const key = entryKeys.accountSettings(account);
      return after(this.#room.look(key), (stored) =>
        stored === undefined ? NOTHING_SET : decodeEntry(key, stored),
      );
    };
    const known = this.#known.get(account, learn, hasLooked);
    return after(known, (settings) => settings ?? NOTHING_SET);
  }

  /** Resolves when it is durable: every request that begins after that goes by it. */
  async set(account: string, settings: AccountSettingsEntry): Promise<void> {
    await this.#ledger.change(async (draft) => {
      draft.put(entryKeys.accountSettings(account), settings);
    });
  }
}
