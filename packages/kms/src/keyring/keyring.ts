import type { Log, RoomStore } from '@openoss/storage';
import type { KeyService, Kms } from '../key-service.js';
import { AccountKeys } from './account-keys.js';
import { entryKeys } from './entries.js';
import { KeyRecords } from './key-records.js';
import type { RootSecret } from './root-key.js';
import { RootSeal } from './root-seal.js';

export interface KeyringOptions {
  /** The region whose keys these are. */
  readonly region: string;
  /** Seals the master keys at rest. Without one every call is refused as locked. */
  readonly rootSecret?: RootSecret | undefined;
  /** Milliseconds since 1970; the system's clock unless told. */
  readonly clock?: (() => number) | undefined;
  readonly log?: Pick<Log, 'warn'> | undefined;
}

/** Keys that are due are rotated or deleted when they are asked for, and all of them this often. */
const TIDY_INTERVAL = 60 * 60 * 1000;

/** Master keys that are kept in a room of the store, sealed under a root key that comes from outside. */
export class Keyring implements Kms {
  readonly areElsewhere = false;
  readonly #records: KeyRecords;
  readonly #region: string;
  readonly #log: Pick<Log, 'warn'> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tidying: Promise<void> = Promise.resolve();

  private constructor(
    room: RoomStore,
    seal: RootSeal | undefined,
    { region, clock = Date.now, log }: KeyringOptions,
  ) {
    this.#records = new KeyRecords(room, seal, clock);
    this.#region = region;
    this.#log = log;
  }

  /** Throws KmsSetupError when the keys in the room are sealed under another root key than the one given. */
  static async open(room: RoomStore, options: KeyringOptions): Promise<Keyring> {
    const { rootSecret } = options;
    const seal = rootSecret && (await RootSeal.open(room, rootSecret));
    // Who never had a key misses none.
    if (seal === undefined && (await room.get(entryKeys.root)) !== undefined) {
      options.log?.warn(
        {},
        'the keyring is locked: start with its root key (OPENOSS_KMS_ROOT_KEY)',
      );
    }
    return new Keyring(room, seal, options);
  }

  get keysAre(): string {
    return this.#records.isLocked ? 'locked: there is no root key' : 'kept here';
  }

  keysOf(account: string): KeyService {
    return new AccountKeys(this.#records, { account, region: this.#region });
  }

  keepTidy(): void {
    const tidy = () => {
      this.#tidying = this.tidy().catch((error: unknown) => {
        this.#log?.warn({ err: error }, 'keys that are due could not be rotated or deleted');
      });
    };
    tidy();
    this.#timer = setInterval(tidy, TIDY_INTERVAL);
    this.#timer.unref();
  }

  /** Rotates the keys whose rotation is due, and deletes those whose time has come. */
  tidy(): Promise<void> {
    return this.#records.tidy();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tidying;
    this.#records.lock();
  }
}
