import { type Clock, systemClock } from '../clock.js';
import { areSameCredentials, type Credentials, type CredentialsProvider } from '../credentials.js';
import { CanceledError } from '../errors/canceled-error.js';
import { CredentialsError } from '../errors/credentials-error.js';
import type { Log } from '../log.js';
import type { CredentialsSource, TemporaryCredentials } from './temporary-credentials.js';

/** How credentials are kept fresh. */
export interface RefreshingOptions {
  /** What messages call the source: `the role acs:ram::1:role/backup`. */
  readonly name: string;
  readonly clock?: Clock | undefined;
  readonly log?: Log | undefined;
  /** Told of new credentials before anything else is done with them. */
  readonly onCredentials?: ((credentials: Credentials) => void) | undefined;
}

/** Which part of their life credentials have behind them when new ones are got, as in the Go SDK v2. */
const REFRESHED_AT = 0.8;

/** Requests wait for new credentials in the last tenth of the old ones' life, a minute at most. */
const LAST_TENTH = 0.1;
const LAST_MS = 60_000;

/** For so long nobody asks again where new credentials were not to be had, while the old are good. */
const PAUSE_MS = 10_000;

/** Credentials at hand, and what follows from how long they are good; times since the epoch. */
interface Kept {
  readonly credentials: Credentials;
  readonly expiresAt: number;
  readonly refreshAt: number;
  /** From then on a request may arrive too late for them. */
  readonly waitAt: number;
}

/**
 * Keeps what a source gives and gets new credentials before the old expire: beside the requests when
 * a fifth of their life is left, and with the requests waiting when they are all but over. However
 * many ask, the source is asked once at a time. Where it fails, credentials that are still good are
 * used on, and the log says so; where they are not, the provider rejects with a `CredentialsError`.
 */
export function refreshingCredentials(
  source: CredentialsSource,
  options: RefreshingOptions,
): CredentialsProvider {
  const keeper = new CredentialsKeeper(source, options);
  return (refused) => keeper.credentials(refused);
}

class CredentialsKeeper {
  readonly #source: CredentialsSource;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onCredentials: (credentials: Credentials) => void;
  #kept: Kept | undefined;
  #fetching: Promise<Credentials> | undefined;
  #pausedUntil = 0;

  constructor(source: CredentialsSource, options: RefreshingOptions) {
    this.#source = source;
    this.#name = options.name;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? (() => {});
    this.#onCredentials = options.onCredentials ?? (() => {});
  }

  async credentials(refused: Credentials | undefined): Promise<Credentials> {
    const kept = this.#kept;
    const now = this.#clock.now();
    if (kept === undefined) return await this.#fetch(`no credentials from ${this.#name}`);
    if (refused !== undefined && areSameCredentials(refused, kept.credentials)) {
      this.#kept = undefined;
      return await this.#fetch(
        `the service no longer takes the credentials of ${this.#name}, and there are no new ones`,
      );
    }
    if (now >= kept.expiresAt) {
      return await this.#fetch(
        `the credentials of ${this.#name} expired at ${timeOf(kept.expiresAt)}, and there are no new ones`,
      );
    }
    if (now < kept.refreshAt || now < this.#pausedUntil) return kept.credentials;
    const fetching = this.#fetch('').catch((error: unknown) => {
      if (error instanceof CanceledError) throw error;
      return kept.credentials;
    });
    if (now >= kept.waitAt) return await fetching;
    fetching.catch(() => {});
    return kept.credentials;
  }

  /** New credentials; `failure` begins the message of whoever has none without them. */
  async #fetch(failure: string): Promise<Credentials> {
    this.#fetching ??= this.#fetchOnce().finally(() => {
      this.#fetching = undefined;
    });
    try {
      return await this.#fetching;
    } catch (error) {
      if (error instanceof CanceledError) throw error;
      throw new CredentialsError(`${failure}: ${reasonOf(error)}`, { cause: error });
    }
  }

  async #fetchOnce(): Promise<Credentials> {
    let fetched: TemporaryCredentials;
    try {
      fetched = await this.#source();
      this.#onCredentials(fetched);
      if (fetched.expiration !== undefined && fetched.expiration <= this.#clock.now()) {
        throw new CredentialsError(
          `those it gives expired at ${timeOf(fetched.expiration)}, by this machine's clock`,
        );
      }
    } catch (error) {
      this.#noteFailure(error);
      throw error;
    }
    const { expiration, ...credentials } = fetched;
    this.#kept = keptUntil(credentials, expiration ?? Number.POSITIVE_INFINITY, this.#clock.now());
    const until = expiration === undefined ? 'they are refused' : timeOf(expiration);
    this.#log('info', `${this.#name}: credentials ${fetched.accessKeyId}, good until ${until}`);
    return credentials;
  }

  #noteFailure(error: unknown): void {
    const now = this.#clock.now();
    this.#pausedUntil = now + PAUSE_MS;
    if (error instanceof CanceledError || this.#kept === undefined) return;
    const { expiresAt } = this.#kept;
    if (now >= expiresAt) return;
    this.#log(
      'warning',
      `${this.#name}: no new credentials, those at hand are good until ${timeOf(expiresAt)}: ${reasonOf(error)}`,
    );
  }
}

function keptUntil(credentials: Credentials, expiresAt: number, now: number): Kept {
  const life = expiresAt - now;
  return {
    credentials,
    expiresAt,
    refreshAt: now + life * REFRESHED_AT,
    waitAt: expiresAt - Math.min(life * LAST_TENTH, LAST_MS),
  };
}

/** `2026-01-02T15:04:05.000Z`. */
function timeOf(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? new Date(milliseconds).toISOString() : 'never';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
