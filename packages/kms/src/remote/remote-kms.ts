import { setTimeout as sleep } from 'node:timers/promises';
import type { Log, RoomStore } from '@openoss/storage';
import { DEFAULT_KEY_ALIAS, type KeyService, type Kms } from '../key-service.js';
import { KmsError } from '../kms-error.js';
import { DataKeyCache } from './data-key-cache.js';
import { KmsCaller } from './kms-caller.js';
import { RemoteKeys } from './remote-keys.js';
import type { RemoteKmsSettings } from './remote-kms-settings.js';
import { Withdrawals } from './withdrawals.js';

export interface RemoteKmsOptions extends RemoteKmsSettings {
  /** The account whose keys these are: no other has any there. */
  readonly account: string;
  /** In it the processes of a service tell one another that a key was withdrawn. */
  readonly room: RoomStore;
  readonly log?: Pick<Log, 'warn'> | undefined;
  /** Milliseconds that a connection, and an answer, may be waited for; 3,000 unless told. */
  readonly attemptTimeout?: number | undefined;
  /** Milliseconds that all attempts at a call may take together; 8,000 unless told. */
  readonly timeout?: number | undefined;
  /** How often a call is tried where that may help; 4 times unless told. */
  readonly attempts?: number | undefined;
  /** How many unwrapped data keys are kept in memory; 1,000 unless told. */
  readonly keptKeys?: number | undefined;
  /** Milliseconds for which they are; five minutes unless told. */
  readonly keptFor?: number | undefined;
  /** Milliseconds since 1970, for what is kept; the system's clock unless told. */
  readonly clock?: (() => number) | undefined;
}

/** The keys of another service that speaks the API of Alibaba Cloud's KMS. */
export class RemoteKms implements Kms {
  readonly keysAre: string;
  readonly areElsewhere = true;
  readonly #account: string;
  readonly #keys: RemoteKeys;
  readonly #cache: DataKeyCache;

  constructor(options: RemoteKmsOptions) {
    const { account, defaultKey = DEFAULT_KEY_ALIAS, clock = Date.now } = options;
    const caller = new KmsCaller({
      endpoint: options.endpoint,
      accessKeyId: options.accessKeyId,
      accessKeySecret: options.accessKeySecret,
      attemptTimeout: options.attemptTimeout ?? 3000,
      timeout: options.timeout ?? 8000,
      attempts: options.attempts ?? 4,
      log: options.log,
      sleep,
      random: Math.random,
    });
    this.keysAre = `with ${options.endpoint}`;
    this.#account = account;
    this.#cache = new DataKeyCache(options.keptKeys ?? 1000, options.keptFor ?? 300_000, clock);
    const withdrawals = new Withdrawals(options.room, this.#cache);
    this.#keys = new RemoteKeys(caller, this.#cache, withdrawals, defaultKey);
  }

  keysOf(account: string): KeyService {
    if (account !== this.#account) throw KmsError.of('NotEnabled');
    return this.#keys;
  }

  keepTidy(): void {
    // What is due of its keys is the other KMS's to do.
  }

  async close(): Promise<void> {
    this.#cache.clear();
  }
}
